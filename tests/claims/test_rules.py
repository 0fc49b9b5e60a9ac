from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bukti.claims.claim import Splitter
from bukti.claims.documents import read_document, read_text
from bukti.claims.errors import InputError
from bukti.claims.rules import MAX_SENTENCE_CHARACTERS, RuleSplitter
from bukti.claims.segments import segment


def split(text: str, language: str) -> list[str]:
    article = segment(read_text(text), language=language)
    return [claim.text for claim in RuleSplitter().split([article])[0]]


def speakers(text: str, language: str) -> set[tuple[str, str, str]]:
    article = segment(read_text(text), language=language)
    claims = RuleSplitter().split([article])[0]
    return {(claim.kind, claim.attribution.speaker, claim.attribution.cue) for claim in claims if claim.attribution}


def test_the_rules_are_a_splitter() -> None:
    assert isinstance(RuleSplitter(), Splitter)


@pytest.mark.parametrize(
    ("text", "language", "claims"),
    [
        ("PT Sinar Logam membuka pabrik baru dan merekrut 350 pekerja pada Senin (11/3).", "id",
         ["PT Sinar Logam membuka pabrik baru pada Senin (11/3).", "PT Sinar Logam merekrut 350 pekerja pada Senin (11/3)."]),
        ("Pabrik itu memproduksi dan menjual mobil listrik.", "id",
         ["Pabrik itu memproduksi mobil listrik.", "Pabrik itu menjual mobil listrik."]),
        ("Rina Sari, ketua panitia, membuka acara itu di Bandung.", "id",
         ["Rina Sari membuka acara itu di Bandung.", "Rina Sari adalah ketua panitia."]),
        ("Warga mengungsi ke balai desa, sedangkan petugas bertahan di pos.", "id",
         ["Warga mengungsi ke balai desa.", "Petugas bertahan di pos."]),
        ("Toko itu tutup pada hari Senin; kantor pos buka sampai sore.", "id",
         ["Toko itu tutup pada hari Senin.", "Kantor pos buka sampai sore."]),
        ("Sungai Kalamisu, yang hulunya berada di lereng gunung, meluap pada Selasa.", "id",
         ["Sungai Kalamisu meluap pada Selasa.", "Hulu Sungai Kalamisu berada di lereng gunung."]),
        ("The company, which was founded in 1999, raised $5 million and hired 200 engineers.", "en",
         ["The company raised $5 million.", "The company hired 200 engineers.", "The company was founded in 1999."]),
        ("Ann Lee, the chief executive of Solara, resigned on Friday.", "en",
         ["Ann Lee resigned on Friday.", "Ann Lee is the chief executive of Solara."]),
        ("The ministry opened offices in Bonn, Lyon and Turin.", "en",
         ["The ministry opened offices in Bonn.", "The ministry opened offices in Lyon.", "The ministry opened offices in Turin."]),
        ("Founded in 1934, Nordkorn employs 3,100 people.", "en",
         ["Nordkorn employs 3,100 people.", "Nordkorn was founded in 1934."]),
        ("The bill would ban plastics and require stores to charge for bags.", "en",
         ["The bill would ban plastics.", "The bill would require stores to charge for bags."]),
        ("Sales rose by two percent, while profits fell by half.", "en",
         ["Sales rose by two percent.", "Profits fell by half."]),
        ("Solara, built in 1931, moved to Lyon, accompanied by protests.", "en",
         ["Solara moved to Lyon, accompanied by protests.", "Solara was built in 1931."]),
        ("Lens menyamakan skor lewat Budi Santoso yang dikenal ahli dalam seni menulis kaligrafi.", "id",
         ["Lens menyamakan skor lewat Budi Santoso.", "Budi Santoso dikenal ahli dalam seni menulis kaligrafi."]),
        ("Laba bank itu mencapai Rp61 miliar dan meningkat 18 persen dibandingkan periode yang sama tahun lalu.", "id",
         ["Laba bank itu mencapai Rp61 miliar.", "Laba bank itu meningkat 18 persen dibandingkan periode yang sama tahun lalu."]),
        ("The runway was paved in 1957 and the hall was extended in 1967.", "en",
         ["The runway was paved in 1957.", "The hall was extended in 1967."]),
        ("Oil rose for the first time since October after a strike halted exports.", "en",
         ["Oil rose for the first time since October after a strike halted exports.", "A strike halted exports."]),
        ("Both the cable and the stations will be owned by the state.", "en",
         ["The cable will be owned by the state.", "The stations will be owned by the state."]),
        ("The plant makes not only cables but also joints.", "en", ["The plant makes cables.", "The plant makes joints."]),
        ("Mayoritas responden bukan hanya mengajar, melainkan juga berjualan di pasar.", "id",
         ["Mayoritas responden mengajar.", "Mayoritas responden berjualan di pasar."]),
        ("Baik Mongolia maupun Tiongkok belum memberikan keterangan.", "id",
         ["Mongolia belum memberikan keterangan.", "Tiongkok belum memberikan keterangan."]),
        ("Besaran upah tidak dipatok, melainkan diserahkan kepada kedua pihak.", "id",
         ["Besaran upah tidak dipatok.", "Besaran upah diserahkan kepada kedua pihak."]),
        ("Tidak hanya menjual beras, toko itu juga membuka dua cabang di Tegal.", "id",
         ["Toko itu juga membuka dua cabang di Tegal.", "Toko itu menjual beras."]),
        ("Laba bank itu mencapai Rp61 miliar atau naik 18 persen pada Juni.", "id",
         ["Laba bank itu mencapai Rp61 miliar pada Juni.", "Laba bank itu naik 18 persen pada Juni."]),
        ("Penderita demam berdarah mencapai 312 orang sejak Januari, tiga di antaranya meninggal dunia.", "id",
         ["Penderita demam berdarah mencapai 312 orang sejak Januari.", "Tiga di antara 312 orang meninggal dunia."]),
        ("The trial involved 17,940 volunteers aged 2 to 59, two-thirds of whom were given the vaccine.", "en",
         ["The trial involved 17,940 volunteers aged 2 to 59.", "Two-thirds of 17,940 volunteers were given the vaccine."]),
        ("Two men, both of them employees of a freight firm, were arrested and charged with theft.", "en",
         ["Two men were arrested.", "Two men were charged with theft.", "Two men were employees of a freight firm."]),
        ("Pemain berusia 22 tahun itu dikontrak klub Belanda.", "id",
         ["Pemain itu dikontrak klub Belanda.", "Pemain itu berusia 22 tahun."]),
        ("Pengasapan dilakukan di Kelurahan Oesapa, Liliba, dan Penfui.", "id",
         ["Pengasapan dilakukan di Kelurahan Oesapa.", "Pengasapan dilakukan di Kelurahan Liliba.", "Pengasapan dilakukan di Kelurahan Penfui."]),
        ("Kerusakan terparah terjadi di Kecamatan Bacan Timur, tempat 31 rumah roboh.", "id",
         ["Kerusakan terparah terjadi di Kecamatan Bacan Timur.", "31 rumah roboh di Kecamatan Bacan Timur."]),
        ("The firm opened a shop in Bonn, where taxes are low.", "en",
         ["The firm opened a shop in Bonn.", "Taxes are low in Bonn."]),
        ("Of the 22 economists polled, 19 had predicted a cut, while three had predicted a rise.", "en",
         ["Of the 22 economists polled, 19 had predicted a cut.", "Of the 22 economists polled, three had predicted a rise."]),
        ("The study was funded by the developer and by the health ministry.", "en",
         ["The study was funded by the developer.", "The study was funded by the health ministry."]),
        ("Dari tiga daerah itu, Kerinci mencatat inflasi tertinggi, sementara inflasi terendah terjadi di Muara Bungo.", "id",
         ["Dari tiga daerah itu, Kerinci mencatat inflasi tertinggi.", "Dari tiga daerah itu, inflasi terendah terjadi di Muara Bungo."]),
        ("Jumlah dana mencapai Rp7,9 miliar, terdiri dari Rp5,2 miliar tunai dan Rp2,7 miliar pinjaman.", "id",
         ["Jumlah dana mencapai Rp7,9 miliar.", "Jumlah dana terdiri dari Rp5,2 miliar tunai dan Rp2,7 miliar pinjaman."]),
        ("Laba bersih bank itu mencapai Rp1,02 triliun, naik 83 persen.", "id",
         ["Laba bersih bank itu mencapai Rp1,02 triliun.", "Laba bersih bank itu naik 83 persen."]),
        ("Pemugaran dikerjakan oleh PT Cipta Griya, kontraktor yang menangani taman kota.", "id",
         ["Pemugaran dikerjakan oleh PT Cipta Griya.", "PT Cipta Griya adalah kontraktor.", "PT Cipta Griya menangani taman kota."]),
        ("Sopir, yang selamat dengan luka ringan, belum ditahan polisi.", "id",
         ["Sopir belum ditahan polisi.", "Sopir selamat dengan luka ringan."]),
        ("Nilai barang bukti ditaksir Rp91 miliar, dengan potensi korban sebanyak 360 jiwa.", "id",
         ["Nilai barang bukti ditaksir Rp91 miliar.", "Potensi korban sebanyak 360 jiwa."]),
        ("The striker, a 19-year-old signed from a club in Durban, scored twice.", "en",
         ["The striker scored twice.", "The striker is a 19-year-old signed from a club in Durban."]),
        ("Telegram mendapat pengguna baru saat tiga layanan grup Facebook yakni WhatsApp, Messenger, dan Instagram mengalami gangguan.", "id",
         ["Telegram mendapat pengguna baru saat tiga layanan grup Facebook yakni WhatsApp, Messenger, dan Instagram mengalami gangguan.",
          "Tiga layanan grup Facebook yakni WhatsApp, Messenger, dan Instagram mengalami gangguan."]),
        ("Biara itu dibubarkan dan menjadi reruntuhan akibat perang.", "id",
         ["Biara itu dibubarkan.", "Biara itu menjadi reruntuhan akibat perang."]),
        ("Atap itu dibuang dan diganti dengan rumbia.", "id", ["Atap itu dibuang.", "Atap itu diganti dengan rumbia."]),
        ("Wali kota hadir dan menjanjikan lapangan baru.", "id", ["Wali kota hadir.", "Wali kota menjanjikan lapangan baru."]),
        ("The mill was sold and demolished in 1998.", "en", ["The mill was sold in 1998.", "The mill was demolished in 1998."]),
        ("The school has 312 pupils, and its deficit stood at two million in December.", "en",
         ["The school has 312 pupils.", "Its deficit stood at two million in December."]),
        ("Three people died and two were injured when a hillside collapsed on a mine.", "en",
         ["Three people died when a hillside collapsed on a mine.", "Two were injured when a hillside collapsed on a mine.",
          "A hillside collapsed on a mine."]),
        ("Inflation slowed in April, and economists expect two percent by December.", "en",
         ["Inflation slowed in April.", "Economists expect two percent by December."]),
        ("Lindau has raised ten million and hopes to fly in 2026.", "en",
         ["Lindau has raised ten million.", "Lindau hopes to fly in 2026."]),
        ("The mine, 60 kilometres away, stays open and pays no tax.", "en",
         ["The mine, 60 kilometres away, stays open.", "The mine, 60 kilometres away, pays no tax."]),
        ("Sopir truk, yang kini dirawat di Tegal, belum ditahan polisi.", "id",
         ["Sopir truk belum ditahan polisi.", "Sopir truk kini dirawat di Tegal."]),
        ("Gedung bioskop Flora di Kota Kupang, yang tutup sejak 1999, kembali memutar film.", "id",
         ["Gedung bioskop Flora di Kota Kupang kembali memutar film.", "Gedung bioskop Flora di Kota Kupang tutup sejak 1999."]),
        ("The court quashed the conviction of Ann Lee, who spent ten years in prison.", "en",
         ["The court quashed the conviction of Ann Lee.", "Ann Lee spent ten years in prison."]),
        ("The deal was off for years: Oslo fought a rule on cod and took Lindau to court.", "en",
         ["The deal was off for years.", "Oslo fought a rule on cod.", "Oslo took Lindau to court."]),
        ("Lindau, founded in 2006 and based in Bonn, owns 48 ships and carried two million people last year.", "en",
         ["Lindau owns 48 ships.", "Lindau carried two million people last year.", "Lindau was founded in 2006.", "Lindau is based in Bonn."]),
        ("I Gusti Ngurah Airport, which lies in the south, stayed open.", "en",
         ["I Gusti Ngurah Airport stayed open.", "I Gusti Ngurah Airport lies in the south."]),
        ("The union, while it backs no plan, has dropped the case.", "en",
         ["The union has dropped the case.", "It backs no plan."]),
        ("The 41-year-old, who spoke at length, asked the board to wait.", "en",
         ["The 41-year-old asked the board to wait.", "The 41-year-old spoke at length."]),
        ("All sailings have been cancelled, and a smaller boat, the Tern, will carry mail.", "en",
         ["All sailings have been cancelled.", "The Tern will carry mail.", "The Tern is a smaller boat."]),
        ("Priya Raman, who led the study and who once worked nights, won a prize in May.", "en",
         ["Priya Raman won a prize in May.", "Priya Raman led the study.", "Priya Raman once worked nights."]),
        ("Residents were moved to a hall, and most had gone home by noon.", "en",
         ["Residents were moved to a hall.", "Most had gone home by noon."]),
        ("The surveyor, Ann Lee, fell ill and left.", "en",
         ["Ann Lee fell ill.", "Ann Lee left.", "Ann Lee is surveyor."]),
        ("Sopir bus, Warsito, yang menderita patah tulang, kini dirawat di Tegal.", "id",
         ["Warsito kini dirawat di Tegal.", "Warsito adalah sopir bus.", "Warsito menderita patah tulang."]),
        ("Zulfikar, yang memakai batik dan beberapa kali menyeka wajah, menyatakan banding seusai berunding.", "id",
         ["Zulfikar menyatakan banding seusai berunding.", "Zulfikar memakai batik.", "Zulfikar beberapa kali menyeka wajah."]),
        ("Tunjangan bagi kader posyandu, yang sejak 2021 tidak berubah, dinaikkan bulan ini.", "id",
         ["Tunjangan bagi kader posyandu dinaikkan bulan ini.", "Tunjangan bagi kader posyandu sejak 2021 tidak berubah."]),
        ("Gudang itu berdiri di dekat pasar dan mulai beroperasi pada November.", "id",
         ["Gudang itu berdiri di dekat pasar.", "Gudang itu mulai beroperasi pada November."]),
        ("Luas tanam musim ini mencapai 2.350 hektare, meningkat 15 persen dari tahun lalu.", "id",
         ["Luas tanam musim ini mencapai 2.350 hektare.", "Luas tanam musim ini meningkat 15 persen dari tahun lalu."]),
        ("Kendaraan menabrak pagar pengaman dan rebah ke sisi kiri.", "id",
         ["Kendaraan menabrak pagar pengaman.", "Kendaraan rebah ke sisi kiri."]),
        ("Koperasi itu mengusulkan agar pemerintah membangun gudang, dan usul itu sudah disetujui bupati.", "id",
         ["Koperasi itu mengusulkan agar pemerintah membangun gudang.", "Agar pemerintah membangun gudang.",
          "Usul itu sudah disetujui bupati."]),
        ("Polisi menetapkan tiga tersangka, termasuk manajer gudang, dan memburu seorang sopir.", "id",
         ["Polisi menetapkan tiga tersangka, termasuk manajer gudang.", "Polisi memburu seorang sopir."]),
        ("Maryam, yang dihubungi kemarin, enggan berkomentar, tetapi berjanji menghormati putusan itu.", "id",
         ["Maryam enggan berkomentar.", "Maryam berjanji menghormati putusan itu.", "Maryam dihubungi kemarin."]),
        ("Retno menyerahkan berkas setebal 212 halaman, yang memuat foto dan rekaman.", "id",
         ["Retno menyerahkan berkas setebal 212 halaman.", "Berkas setebal 212 halaman memuat foto dan rekaman."]),
        ("Pengungsi ditampung di Masjid Nurul Yaqin, kantor camat, dan gedung serbaguna; mereka memerlukan selimut.", "id",
         ["Pengungsi ditampung di Masjid Nurul Yaqin, kantor camat, dan gedung serbaguna.", "Mereka memerlukan selimut."]),
        ("Two volunteers were treated for cold and sent home.", "en",
         ["Two volunteers were treated for cold.", "Two volunteers were sent home."]),
        ("One of them, Sri Wahyuni, who sells batik, has closed her stall.", "en",
         ["One of them, Sri Wahyuni, has closed her stall.", "Sri Wahyuni sells batik."]),
        ("The group claimed responsibility and demanded a ransom.", "en",
         ["The group claimed responsibility.", "The group demanded a ransom."]),
    ],
)  # fmt: skip
def test_a_sentence_is_taken_apart_into_what_it_states(text: str, language: str, claims: list[str]) -> None:
    assert split(text, language) == claims


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Jika hujan turun terus, banjir akan melanda kota itu.", "id"),
        ("Gempa itu lebih kuat daripada gempa tahun 2006.", "id"),
        ("Harga cabai naik karena pasokan dari Kerinci berkurang.", "id"),
        ("Tiga layanan, yakni Facebook, WhatsApp, dan Instagram, mengalami gangguan.", "id"),
        ("If it rains and the river rises, the road will be closed.", "en"),
        ("The talks between Iran and Oman ended without a deal.", "en"),
        ("The plant closed because demand fell and costs rose.", "en"),
        ("The plant closed because energy, water and land in the city were dear.", "en"),
        ("The scheme is open to both domestic and foreign investors.", "en"),
        ("Keluarga yang tinggal di daerah itu mengungsi ke balai desa.", "id"),
        ("The lander carried six payloads, including a rover from Lyon and a plaque engraved with names.", "en"),
        ("Hopes of the first title since 2004 are fading with seven matches to play.", "en"),
        ("Seorang pria, Rabu, diselamatkan dari banjir di Kota Tegal.", "id"),
        ("Bank menaikkan bunga sehingga peranan dan laba bank di Tegal semakin besar.", "id"),
        ("Leaders met officials from a peace force in Somalia, which has 1,200 soldiers.", "en"),
        ("Jembatan di Sulawesi Utara yang tersapu banjir pada 2006 akan diperbaiki.", "id"),
        ("Di Belanda, pihak yang berwenang mengambil jalan lain untuk melacak drone.", "id"),
        ("The firm will sell the plant or rent it to a rival.", "en"),
        ("Bank itu tidak membeli dan menjual saham perusahaan lain.", "id"),
        ("Pembuatan tape baik tape ketan maupun tape singkong melalui proses fermentasi.", "id"),
        ("The plane landed at an angle, which meant a longer stop.", "en"),
        ("After the Compromise, King and Emperor Franz treated both states alike.", "en"),
        ("The ministry praised Libyans who hated the regime.", "en"),
        ("PT Sinar Logam menutup sementara pabriknya di Tegal mulai Senin (4/3).", "id"),
        ("Landasan itu ditutup dua jam kemudian.", "id"),
        ("Uang itu dikirim antara 2020 dan 2022 dengan janji.", "id"),
        ("Hanya Budi Santoso yang mengundurkan diri.", "id"),
        ("Setelah 12 bulan 77 persen penerima tetap terlindung.", "id"),
        ("Warga Desa Gondosari, Kudus, memasang spanduk.", "id"),
        ("Kebakaran terjadi di 133 kota, naik dari 119 kota pada pekan lalu.", "id"),
        ("Kapal milik Kementerian Kelautan dan Perikanan (KKP) menangkap dua kapal asing.", "id"),
        ('The mayor called it "a silly way to choose anybody"', "en"),
        ('Bupati menyebut temuan itu "lebih tipis dari kertas"', "id"),
        ("The study has not yet been reviewed by other scientists.", "en"),
        (
            "Onion prices in Ankara fell by 14 and 9 percent this week.",
            "en",
        ),
        ("Api dipadamkan warga dengan pasir dan karung basah sebelum petugas tiba.", "id"),
        ("The patient was operated on for five hours and 20 minutes.", "en"),
        ("A shopkeeper in Mandalay who asked not to be named sold rice at noon.", "en"),
        ("Rapat dibuka Selasa, yang dipimpin Meyke Olii.", "id"),
        ("We can't close the mine and keep the railway.", "en"),
        ("Since April the service has asked for a card.", "en"),
        ("Prices in May and June rose by 3 percent.", "en"),
        ("The order means that all children at Garrity and Pell schools will be moved.", "en"),
        ("Di RSUD Tanjung Merah, bangsal anak yang hanya memiliki 24 tempat tidur merawat 41 pasien.", "id"),
        ("Dinas Kesehatan mencatat 312 kasus demam berdarah, atau naik dua kali lipat dari tahun lalu.", "id"),
        ("Lalu lintas di simpul itu naik 23 persen sejak Maret.", "id"),
        ("Klinik itu menjual alat tulis gratis mulai Juli mendatang.", "id"),
        ("Pedagang itu menanggung barang busuk yang, katanya, mencapai seperlima kiriman.", "id"),
        ("The mayor told a crowd that at times drowned her out.", "en"),
        ("A ferry that had served the route before the bridge was built will not return.", "en"),
        ("Files include scans taken by one clinic, where the attack is thought to have begun.", "en"),
        ("Before its release it was fitted with a satellite tag.", "en"),
        ("Usul itu disetujui pada Rabu, meskipun nelayan menilai lokasinya terlalu jauh.", "id"),
        ("Leaders met in Oslo on Wednesday, a first for the alliance.", "en"),
    ],
)
def test_what_splitting_would_change_stays_whole(text: str, language: str) -> None:
    assert split(text, language) == [text]


@pytest.mark.parametrize(
    ("text", "language", "content", "speaker", "cue"),
    [
        ("Facebook mengatakan, gangguan terjadi karena perubahan konfigurasi.", "id", "Gangguan terjadi karena perubahan konfigurasi.", "Facebook", "mengatakan"),
        ("Melihat itu, Rusia mengatakan bahwa langkahnya sudah dimulai sejak lama.", "id", "Langkahnya sudah dimulai sejak lama.", "Rusia", "mengatakan"),
        ('"Kami menyambut 70 juta pengguna," tulis Durov, dikutip dari Reuters.', "id", "Kami menyambut 70 juta pengguna.", "Durov", "tulis"),
        ("Menurut polisi, tiga orang terluka dalam kejadian itu.", "id", "Tiga orang terluka dalam kejadian itu.", "polisi", "Menurut"),
        ("Jumlah korban terus bertambah, kata polisi.", "id", "Jumlah korban terus bertambah.", "polisi", "kata"),
        ("Dana desa itu, kata hakim, dipakai untuk membeli sawah.", "id", "Dana desa itu dipakai untuk membeli sawah.", "hakim", "kata"),
        ("Menurut Badan Meteorologi, Klimatologi, dan Geofisika, gempa itu berpusat di darat.", "id",
         "Gempa itu berpusat di darat.", "Badan Meteorologi, Klimatologi, dan Geofisika", "Menurut"),
        ("The company said that the outage lasted six hours.", "en", "The outage lasted six hours.", "The company", "said"),
        ("According to police, three people were hurt.", "en", "Three people were hurt.", "police", "According to"),
        ("Three people were hurt, police said on Monday.", "en", "Three people were hurt.", "police", "said"),
        ("Ministers have said the bridge is safe.", "en", "The bridge is safe.", "Ministers", "said"),
        ("The agency told the firms the matter was closed for good.", "en", "The matter was closed for good.", "The agency", "told"),
        ("The bank said it was too early to cut rates.", "en", "It was too early to cut rates.", "The bank", "said"),
        ("The bank said it was cutting its rates.", "en", "The bank was cutting its rates.", "The bank", "said"),
        ("It is true that rents rose, Doe said.", "en", "It is true that rents rose.", "Doe", "said"),
        ("Officers say they acted in self-defence.", "en", "Officers acted in self-defence.", "Officers", "say"),
        ("Budi menjelaskan, makanan, minuman, dan obat bersama menyumbang 3 persen.", "id",
         "Makanan, minuman, dan obat bersama menyumbang 3 persen.", "Budi", "menjelaskan"),
        ('"We are sorry for this," said Jane Doe.', "en", "We are sorry for this.", "Jane Doe", "said"),
        ("Polisi menuturkan, jumlah kendaraan saat ini mencapai 4,2 juta unit.", "id", "Jumlah kendaraan saat ini mencapai 4,2 juta unit.", "Polisi", "menuturkan"),
        ("Judges ruled that the firm had failed to explain it.", "en", "The firm had failed to explain it.", "Judges", "ruled"),
        ('Doe said the deal "rewards those who burned the forest"', "en", 'The deal "rewards those who burned the forest"', "Doe", "said"),
        ("Polisi mengatakan api pertama kali terlihat pada Senin malam.", "id", "Api pertama kali terlihat pada Senin malam.", "Polisi", "mengatakan"),
        ("Jumbo meraih 10 juta penonton, demikian diumumkan Layar Sewu melalui akun resminya.", "id",
         "Jumbo meraih 10 juta penonton.", "Layar Sewu", "demikian diumumkan"),
        ("Rumah itu roboh karena gempa, menurut Raja Haturima, Yopi Latbual.", "id",
         "Rumah itu roboh karena gempa.", "Raja Haturima, Yopi Latbual", "menurut"),
        ("Plumfield, maker of toy bears, says the film was staged.", "en", "The film was staged.", "Plumfield", "says"),
        ("Doe told analysts that rain in May and June had kept shoppers away.", "en",
         "Rain in May and June had kept shoppers away.", "Doe", "told"),
        ("The company said rain in Leeds and York had kept shoppers away.", "en",
         "Rain in Leeds and York had kept shoppers away.", "The company", "said"),
        ("Bupati memastikan tarif pajak bumi dan bangunan tidak akan naik.", "id",
         "Tarif pajak bumi dan bangunan tidak akan naik.", "Bupati", "memastikan"),
        ("Menurut kuasa hukumnya, Retno Palupi, berkas itu diterima panitia.", "id", "Berkas itu diterima panitia.", "kuasa hukumnya, Retno Palupi", "Menurut"),
        ("The fire began in a kitchen, said Bambang Haryadi while stressing that it was early.", "en",
         "The fire began in a kitchen.", "Bambang Haryadi", "said"),
        ("The council said the buses cost two million and can run all day.", "en",
         "The buses cost two million and can run all day.", "The council", "said"),
    ],
)  # fmt: skip
def test_what_was_said_and_that_it_was_said_are_two_claims(
    text: str, language: str, content: str, speaker: str, cue: str
) -> None:
    assert sorted(split(text, language)) == sorted([text, content])
    assert speakers(text, language) == {("said", speaker, cue), ("statement", speaker, cue)}


def test_an_office_and_its_holder_are_one_speaker() -> None:
    text = '"The plant is safe now," its chief executive, Ann Lee, told reporters.'
    assert split(text, "en") == [text, "The plant is safe now.", "Ann Lee is its chief executive."]


def test_words_quoted_within_what_was_said_keep_both_marks() -> None:
    assert split('The inspector said the fire was "easy to avoid".', "en")[-1] == 'The fire was "easy to avoid"'


def test_what_is_denied_is_not_stated() -> None:
    article = segment(read_text("Facebook membantah bahwa data pengguna bocor."), language="id")
    claims = RuleSplitter().split([article])[0]
    assert [(claim.kind, claim.checkable) for claim in claims] == [("said", True), ("statement", False)]


def test_who_a_speaker_is_is_a_claim_of_its_own() -> None:
    text = '"Kami menyambut 70 juta pengguna," tulis Pavel Durov, pendiri Telegram, di kanalnya.'
    assert "Pavel Durov adalah pendiri Telegram." in split(text, "id")
    assert "Joko Widodo adalah presiden." in split("Presiden Joko Widodo mengatakan bahwa jalan itu selesai.", "id")


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Kepala BPS Amalia Dewi Lestari membuka rapat itu.", "Amalia Dewi Lestari adalah kepala BPS."),
        ("Film garapan sutradara Rina Sari dikerjakan lima tahun.", "Rina Sari adalah sutradara."),
        ("Menteri Keuangan Purnama Dewi Lestari membuka rapat itu.", "Purnama Dewi Lestari adalah Menteri Keuangan."),
        ("Pelatih Budi Santoso memuji timnya.", "Budi Santoso adalah pelatih."),
        ("Rektor La Ode Sarmidi membuka rapat itu.", "La Ode Sarmidi adalah rektor."),
        ("Ketua panitia I Wayan Sudarna membuka rapat itu.", "I Wayan Sudarna adalah ketua panitia."),
        ("Ketua Persatuan Petani Garam (Perpega) Sutarto Wijaya menolak usul itu.", "Sutarto Wijaya adalah ketua Persatuan Petani Garam."),
        ("Direktur Utama Budi Santoso membuka rapat itu.", "Budi Santoso adalah Direktur Utama."),
        ("Menurut juru bicara kota, Marzuki Ibrahim, gedung itu bocor.", "Marzuki Ibrahim adalah juru bicara kota."),
        ("Kasat Lantas Polres Tegal AKP Dimas Prasetya membuka rapat itu.", "AKP Dimas Prasetya adalah Kasat Lantas Polres Tegal."),
        ("Wali Kota Bambang Ariwibowo membuka rapat itu.", "Bambang Ariwibowo adalah Wali Kota."),
    ],
)  # fmt: skip
def test_an_office_is_parted_from_its_holder(text: str, claim: str) -> None:
    assert claim in split(text, "id")


def test_where_a_title_may_end_in_two_places_no_office_is_claimed() -> None:
    assert split("Direktur PT Jasa Marga Fitri Wiyanti membuka rapat itu.", "id") == [
        "Direktur PT Jasa Marga Fitri Wiyanti membuka rapat itu."
    ]


@pytest.mark.parametrize(
    ("text", "language", "claim"),
    [
        ("Menteri Kesehatan Budi Gunadi Sadikin tiba di Padang. Dia membuka rumah sakit baru.", "id", "Budi Gunadi Sadikin membuka rumah sakit baru."),
        ("Kapal wisata Putri Samudra tenggelam di Labuan Bajo. Kapal itu berangkat pada pukul 07.30.", "id",
         "Kapal wisata Putri Samudra berangkat pada pukul 07.30."),
        ("Kapal wisata Putri Samudra tenggelam di Labuan Bajo. Kapal yang membawa 19 turis itu berangkat pada pukul 07.30.", "id",
         "Kapal wisata Putri Samudra membawa 19 turis."),
        ("PT Sinar Logam membuka pabrik di Tegal. Perusahaan itu merekrut 350 pekerja.", "id", "PT Sinar Logam merekrut 350 pekerja."),
        ("Mayor Ann Lee resigned on Friday. She had held the office since 2011.", "en", "Ann Lee had held the office since 2011."),
        ("Wali Kota Tegal Dewi Lestari membuka pasar itu. Menurut dia, pasar itu menampung 300 kios.", "id",
         "Menurut Dewi Lestari, pasar itu menampung 300 kios."),
        ("Menurut Direktur Tirta Jaya, pihaknya mengirim tujuh mobil.", "id", "Pihak Direktur Tirta Jaya mengirim tujuh mobil."),
        ('"The road is closed," said Pramono, who took office in May. He added that the bridge would open in June.', "en",
         "Pramono added that the bridge would open in June."),
        ("The Harbour Workers Association criticised the plan. Its chairman, Ann Lee, resigned on Friday.", "en",
         "Ann Lee is Harbour Workers Association's chairman."),
        ("Stenberg said he respected the decision.", "en", "Stenberg respected the decision."),
        ("Mayor Ann Lee resigned on Friday. The jury acquitted her of fraud.", "en", "The jury acquitted Ann Lee of fraud."),
        ("Mayor Ann Lee resigned on Friday. The jury read her letters.", "en", "The jury read Ann Lee's letters."),
        ("A team led by Claudia Marten did it. Marten said it worked. She had tried it twice.", "en", "Claudia Marten had tried it twice."),
    ],
)  # fmt: skip
def test_a_pronoun_gives_way_to_the_one_name_it_can_mean(text: str, language: str, claim: str) -> None:
    assert claim in split(text, language)


def test_a_thing_gives_way_to_no_name_if_another_was_spoken_of_since() -> None:
    text = "Kapal wisata Putri Samudra tenggelam. Sebuah kapal nelayan menolong. Kapal itu berangkat pada pukul 07.30."
    assert split(text, "id")[-1] == "Kapal itu berangkat pada pukul 07.30."


def test_a_pronoun_behind_somebody_unnamed_is_left_and_marked() -> None:
    text = "Budi Santoso opened the hall. A watchman, who suffered burns to his hands, went home."
    article = segment(read_text(text), language="en")
    last = RuleSplitter().split([article])[0][-1]
    assert (last.text, last.unresolved) == ("A watchman suffered burns to his hands.", ("his",))


def test_a_hospital_is_no_office_and_no_firm_a_ministry() -> None:
    text = (
        "Dinas Kesehatan Kota Bitung mencatat wabah. Direktur rumah sakit itu, Meiske Walangitan, membuka bangsal baru."
    )
    assert "Meiske Walangitan adalah direktur rumah sakit itu." in split(text, "id")
    text = "The Ministry of Labour looked into it. The company had no comment on Friday."
    assert "The company had no comment on Friday." in split(text, "en")


def test_a_speaker_whom_nothing_names_is_a_pronoun() -> None:
    assert speakers('"Kami menang telak hari ini," ujarnya.', "id") == {
        ("said", "ia", "ujar"),
        ("statement", "ia", "ujar"),
    }


def test_a_pronoun_that_may_mean_two_is_left_and_marked() -> None:
    text = "Menteri Budi Gunadi Sadikin menemui Presiden Joko Widodo di Bogor. Dia membawa laporan tahunan."
    article = segment(read_text(text), language="id")
    last = RuleSplitter().split([article])[0][-1]
    assert (last.text, last.unresolved) == ("Dia membawa laporan tahunan.", ("Dia",))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Three firefighters — two from Idaho and one from Utah — were treated for burns and released.", "en"),
        ("The bid of Haber & Sons, whose price came in $310,000 below the next, won on Monday.", "en"),
        ("Korban 47 orang, dengan rincian 12 tewas, 30 luka-luka, dan lima hilang di Kecamatan Tulis.", "id"),
    ],
)
def test_no_number_and_no_name_is_left_out(text: str, language: str) -> None:
    article = segment(read_text(text), language=language)
    held = {at for claim in RuleSplitter().split([article])[0] for span in claim.pieces for at in range(*span)}
    for match in re.finditer(r"\d[\d,]*|Idaho|Utah|Haber|Sons|Monday|Kecamatan Tulis", text):
        assert set(range(*match.span())) <= held


def test_a_claim_carries_its_figures_dates_and_names() -> None:
    text = "PT Sinar Logam membuka pabrik di Tegal pada akhir 2023 dan merekrut hampir 350 pekerja."
    article = segment(read_text(text), language="id")
    first, second = RuleSplitter().split([article])[0]
    assert [name.text for name in first.names] == ["PT Sinar Logam", "Tegal"]
    assert [(str(mention.start), str(mention.end)) for mention in first.dates] == [("2023-09-01", "2023-12-31")]
    assert [(item.value, item.unit, item.bound) for item in second.quantities] == [(350.0, "pekerja", "about")]
    assert first.quantities == second.dates == ()


def test_a_quotation_of_two_sentences_has_one_speaker() -> None:
    text = '"Kami menang telak. Kami bangga," kata pelatih Budi Santoso di Bandung.'
    article = segment(read_text(text), language="id")
    claims = RuleSplitter().split([article])[0]
    assert {claim.attribution.speaker for claim in claims if claim.text.startswith("Kami") and claim.attribution} == {
        "pelatih Budi Santoso"
    }


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Apakah layanan itu akan pulih?", "id"),
        ("Sebaiknya semua orang bersiap sejak dini.", "id"),
        ("I think that they are right.", "en"),
    ],
)
def test_questions_and_opinions_are_not_checkable(text: str, language: str) -> None:
    article = segment(read_text(text), language=language)
    assert [(claim.checkable, claim.check_worthy) for claim in RuleSplitter().split([article])[0]] == [(False, 0.0)]


def check_contract(path: Path) -> None:
    article = segment(read_document(path))
    claims = RuleSplitter().split([article])[0]
    roles = {sentence.span: sentence for sentence in article.sentences}
    assert claims
    assert len({claim.id for claim in claims}) == len(claims)
    for claim in claims:
        sentence = roles[claim.sentence_span]
        claim.check(article)
        assert sentence.role in ("body", "quote")
        assert sentence.repeat_of is None
        for mention in (*claim.quantities, *claim.dates):
            assert any(span.covers(mention.span) for span in claim.spans)
    assert len({claim.text for claim in claims}) == len(claims)


def test_claims_of_the_example_are_cut_out_of_sentences_that_state(example: Path) -> None:
    check_contract(example / "article.txt")


def test_a_real_news_page_gives_no_claim_from_captions_links_bylines_or_repeats(seed_article: Path) -> None:
    check_contract(seed_article)


SEED_FACTS = (
    "Aplikasi perpesanan Telegram mendapatkan lebih dari 70 juta pengguna baru",
    "Tiga layanan grup Facebook",
    "Kami menyambut lebih dari 70 juta pengguna",
    "Pavel Durov adalah pendiri Telegram",
    "Durov mengatakan",
    "Beberapa pengguna di Amerika Serikat mungkin mengalami",
    "Gangguan yang dialami Facebook menyebabkan sebanyak 3,5 miliar pengguna",
    "Facebook mengatakan",
    "Gangguan terjadi karena perubahan konfigurasi",
    "Margrethe Vestager adalah kepala antimonopoli Uni Eropa",
    "Kepala antimonopoli Uni Eropa Margrethe Vestager mengatakan",
    "Gangguan yang dialami Facebook merupakan dampak",
    "Margrethe Vestager kemudian menggarisbawahi",
    "Melihat insiden tersebut, Rusia mengatakan",
)


def test_the_facts_of_a_real_news_page_are_all_there(seed_article: Path) -> None:
    article = segment(read_document(seed_article))
    texts = [claim.text for claim in RuleSplitter().split([article])[0]]
    assert [fact for fact in SEED_FACTS if not any(text.startswith(fact) for text in texts)] == []


@given(
    st.text(alphabet=st.sampled_from("aAbZ ,.;:()\"“”?!0159%-\n'éøИ中 "), max_size=300), st.sampled_from(["id", "en"])
)
@settings(max_examples=200, deadline=None)
def test_any_text_gives_claims_that_keep_the_contract(text: str, language: str) -> None:
    check_any(text, language)


WORDS = (
    'yang dan serta untuk mengatakan kata Menurut Budi PT Sinar di Jakarta , . " “ ” ( ) tidak akan membuka pabrik karena jika 70 juta said that who which '
    "the company and but while to opened said, was Ann Lee adalah itu dia ; : - 2021 Senin (4/10) nya ujarnya saat ketika according to"
).split()


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=60), st.sampled_from(["id", "en"]))
@settings(max_examples=300, deadline=None)
def test_any_order_of_words_gives_claims_that_keep_the_contract(words: list[str], language: str) -> None:
    check_any(" ".join(words), language)


def check_any(text: str, language: str) -> None:
    try:
        article = segment(read_text(text), language=language)
    except InputError:
        return
    claims = RuleSplitter().split([article])[0]
    spans = {sentence.span for sentence in article.sentences}
    for claim in claims:
        claim.check(article)
        assert claim.sentence_span in spans
    assert len({claim.id for claim in claims}) == len(claims)
    assert [claim.sentence_span for claim in claims] == sorted(claim.sentence_span for claim in claims)


def test_of_a_sentence_without_an_end_no_claim_is_read_and_that_is_said() -> None:
    article = segment(read_text(f"Pabrik itu dibuka pada 2021.\n{'kata Budi, ' * 5000}"), language="id")
    splitter = RuleSplitter()
    assert {claim.sentence_span for claim in splitter.split([article])[0]} <= {article.sentences[0].span}
    remarks = splitter.remarks(article)
    assert set(remarks) == {
        one.span for one in article.sentences if one.span.end - one.span.start > MAX_SENTENCE_CHARACTERS
    }
    assert set(remarks.values()) == {"not read: no sentence has more than 2,000 characters"}
