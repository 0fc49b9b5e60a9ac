"""Words that exclude each other, and words that mean the same, in both languages: what `training.edits` swaps."""

from __future__ import annotations

EXCLUSIVE = {
    "en": [
        "red blue green yellow black white brown orange purple pink grey",
        "wooden metal plastic glass stone leather cotton paper silk concrete",
        "Indonesia Malaysia Singapore Thailand Vietnam Japan China India Australia Germany France Italy Spain Brazil Canada Mexico Egypt Turkey Russia Kenya "
        "Sweden Norway Poland Greece Portugal Argentina Chile Iran Iraq Pakistan Ukraine",
        "Indonesian Malaysian Singaporean Thai Vietnamese Japanese Chinese Indian Australian German French Italian Spanish Brazilian Canadian Mexican "
        "Egyptian Turkish Russian Kenyan Swedish Norwegian Polish Greek Portuguese Argentine American British Irish Scottish Dutch Korean",
        "coffee tea milk beer wine water juice lemonade vodka whiskey champagne soda",
        "carrots potatoes onions cabbage spinach lettuce peas beans corn broccoli tomatoes cucumbers pumpkins",
        "apples bananas oranges grapes mangoes pineapples strawberries lemons",
        "kitchen bedroom bathroom garage cellar attic hallway office classroom garden balcony",
        "guitar piano violin trumpet flute drums saxophone cello clarinet harp accordion",
        "dog cat horse cow goat elephant tiger rabbit sheep monkey bird",
        "football basketball tennis volleyball badminton baseball hockey golf swimming boxing cricket rugby",
        "Mercury Venus Mars Jupiter Saturn Uranus Neptune",
        "spring summer autumn winter",
        "doctor lawyer teacher engineer farmer singer actor painter pilot nurse journalist soldier chef",
        "car bus train bicycle motorcycle plane boat truck tractor",
        "London Paris Tokyo Jakarta Beijing Berlin Rome Madrid Sydney Bangkok Moscow Cairo Toronto Seoul",
        "Java Sumatra Kalimantan Sulawesi Papua Bali Lombok",
        "oil gas coal gold nickel copper tin rubber",
        "running walking sleeping sitting standing swimming dancing",
        "Catholic Muslim Hindu Buddhist Protestant Jewish",
        "novel film song painting poem play",
        "brother sister uncle aunt cousin grandfather grandmother",
        "kilometres metres centimetres miles",
        "hours minutes days weeks months years",
    ],
    "id": [
        "merah biru hijau kuning hitam putih cokelat ungu abu-abu",
        "kayu besi plastik kaca batu kulit kertas beton",
        "Indonesia Malaysia Singapura Thailand Vietnam Jepang Cina India Australia Jerman Prancis Italia Spanyol Brasil Kanada Meksiko Mesir Turki Rusia "
        "Swedia Norwegia Polandia Yunani Portugal Argentina Iran Irak Pakistan Ukraina Belanda Inggris",
        "kopi teh susu bir anggur jus",
        "wortel kentang bawang kubis bayam jagung tomat mentimun labu",
        "apel pisang jeruk mangga nanas pepaya durian",
        "dapur kamar garasi gudang kantor kelas taman halaman",
        "gitar piano biola terompet suling gendang",
        "anjing kucing kuda sapi kambing gajah harimau kelinci monyet burung",
        "basket tenis voli bulu-tangkis renang tinju golf",
        "Merkurius Venus Mars Jupiter Saturnus Uranus Neptunus",
        "dokter pengacara guru insinyur petani penyanyi aktor pelukis pilot perawat wartawan tentara",
        "mobil bus sepeda motor pesawat kapal truk",
        "Jakarta Bandung Surabaya Medan Semarang Makassar Palembang Yogyakarta Denpasar Manado Padang Pontianak",
        "Jawa Sumatra Kalimantan Sulawesi Papua Bali Lombok Maluku",
        "minyak gas batubara emas nikel tembaga timah karet",
        "berlari berjalan tidur duduk berdiri berenang menari",
        "Katolik Islam Hindu Buddha Protestan",
        "novel film lagu lukisan puisi drama",
        "kakak adik paman bibi sepupu kakek nenek",
        "kilometer meter sentimeter mil",
        "jam menit hari minggu bulan tahun",
        "presiden gubernur bupati walikota menteri camat",
    ],
}
"""Each line: words of which only one can be true of a thing, or nearly so."""

SAME = {
    "en": "big/large begin/start buy/purchase help/assist quick/fast sick/ill car/automobile child/kid film/movie happy/glad speak/talk "
    "small/little stone/rock street/road near/close finish/complete choose/select angry/mad doctor/physician gift/present "
    "kids/children begins/starts began/started bought/purchased helped/assisted chose/selected finished/completed city/town "
    "about/approximately also/too since/because received/got created/made show/display shop/store shut/close sofa/couch "
    "woman/lady jump/leap repair/fix beautiful/pretty reply/answer author/writer soldier/troop attorney/lawyer "
    "died/passed-away died/deceased famous/well-known location/place company/firm movie/film released/issued",
    "id": "besar/raya membeli/memborong mulai/memulai membantu/menolong cepat/lekas sakit/menderita anak/bocah bahagia/gembira berbicara/bercakap "
    "kecil/mungil dekat/berdekatan selesai/rampung memilih/menentukan marah/murka hadiah/kado pria/laki-laki wanita/perempuan "
    "sekitar/kira-kira menyatakan/mengatakan meninggal/wafat terkenal/tersohor lokasi/tempat perusahaan/firma melonjak/meroket "
    "memperoleh/mendapat mendirikan/membangun memperbaiki/membetulkan menjawab/membalas",
}
"""Pairs that may stand for each other in most sentences."""
