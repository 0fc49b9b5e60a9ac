"""The closed lists that clause splitting rests on, one set a language."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = [
    "CONCEDING",
    "GRAMMARS",
    "INVERTED",
    "MONTH_EN",
    "MONTH_ID",
    "NEEDS_THAT",
    "OFFICES",
    "PARTS",
    "PLACES",
    "REPORTING",
    "SAYING",
    "TIME_UNITS",
    "WEEKDAY_EN",
    "WEEKDAY_ID",
    "Grammar",
]


@dataclass(frozen=True, slots=True)
class Grammar:
    """The closed lists of one language."""

    copula: str
    finite: frozenset[str]
    """Tags of verbs that make a predicate."""
    helpers: frozenset[str]
    """Words that may stand before the verb within the predicate."""
    verbs: frozenset[str]
    """Words that make a predicate whatever their tag."""
    joints: frozenset[str]
    strong: frozenset[str]
    """Joints that part two clauses even behind an opener."""
    openers: frozenset[str]
    """Words behind which a verb belongs to something smaller than the clause."""
    relative: frozenset[str]
    """Relative words whose clause states a fact about the noun before."""
    times: frozenset[str]
    """Words that open a clause of time."""
    determiners: frozenset[str]
    together: re.Pattern[str]
    """Verbs and nouns that take a list as a whole."""
    connectors: re.Pattern[str]
    """What joins a sentence to the one before and states nothing."""
    roles: re.Pattern[str]
    """Words for offices and callings."""


_ROLES_ID = (
    r"pendiri|salah satu pendiri|ceo|presiden|wakil|perdana menteri|menteri|menko|mendagri|menlu|menkes|gubernur|bupati|wali ?kota|camat|lurah"
    r"|ketua|kepala|direktur|komisaris|juru bicara|jubir|sekretaris|sekjen|manajer|pelatih|kapten|peneliti|pakar|pengamat|analis|ekonom|dosen"
    r"|guru besar|profesor|rektor|dekan|dokter|pengacara|kuasa hukum|hakim|jaksa|panglima|kapolri|kapolda|kapolres|kapolsek|kasat|kabid|kadis"
    r"|sopir|pengemudi|pelari|pembalap|perenang|petenis|pengusaha|pemimpin|pimpinan|utusan|pelaksana|duta besar|dubes|penasehat|pasangan|pedagang|pegiat|budayawan|atlet|komandan|korban|penasihat|wasit|penjaga gawang|kurator|kandidat|calon|relawan|penggugat|tergugat|deputi|staf|anggota|koordinator|aktivis|warga|pemilik|penulis|sutradara|aktor|penyanyi|pemain|gelandang|penyerang|kiper|bek"
    r"|petani|nelayan|pedagang|mantan|eks|putra|putri|istri|suami|anak|ayah|ibu|saksi|terdakwa|tersangka|ahli|spesialis|general manager|chief"
)


_ROLES_EN = (
    r"founder|co-?founder|president|vice president|prime minister|minister|secretary|governor|mayor|senator|lawmaker|chair(?:man|woman|person)?"
    r"|head|chief|director|ceo|cfo|coo|executive|officer|manager|coach|captain|researcher|scientist|professor|lecturer|analyst|economist|expert"
    r"|doctor|physician|lawyer|attorney|judge|prosecutor|spokes(?:man|woman|person)|general|commander|commissioner|inspector|leader|member|owner"
    r"|author|writer|actor|actress|singer|player|striker|midfielder|goalkeeper|defender|farmer|fisherman|resident|activist|representative"
    r"|ambassador|envoy|councilwoman|councilman|councillor|congressman|congresswoman|gov\.?|sen\.?|rep\.?|climber|broadcaster|poet|artist|painter|novelist|seamer|batsman|bowler|all-rounder|winger|forward|sprinter|jockey|rider|cyclist|boxer|golfer|swimmer|treasurer|premier|referee|umpire|substitute|candidate|founder|curator|broker|trader|forecaster|climber|skipper|chair|king|queen|prince|princess|pope|bishop|teacher|student|nurse|engineer|pilot|driver|witness|editor|geologist"
    r"|epidemiologist|seismologist|chancellor|treasurer|superintendent|sheriff|deputy|mother|father|wife|husband|son|daughter|brother|sister"
)


GRAMMARS = {
    "id": Grammar(
        copula="adalah",
        finite=frozenset({"VERB"}),
        helpers=frozenset(
            """akan telah sudah sedang masih juga tidak belum bisa dapat harus pernah kemudian lalu turut ikut tak bukan bukanlah hanya
            kini saat ini lantas langsung kembali segera terus tetap mulai berhasil gagal sempat hendak ingin perlu mampu wajib boleh
            resmi justru bahkan pun enggan baru mungkin kerap sering selalu masih-masing masing-masing sebelumnya nantinya nanti rencananya""".split()
        ),
        verbs=frozenset(
            """adalah ialah merupakan naik turun tewas meninggal ada lahir jatuh tiba tumbuh putus hanyut hilang rusak luka-luka
            roboh rebah tumbang ambruk runtuh padam lumpuh kehilangan wafat gugur pingsan""".split()
        ),
        joints=frozenset(
            "dan serta lalu kemudian sekaligus namun tetapi tapi sedangkan sementara atau melainkan".split()
        ),
        strong=frozenset("sedangkan sementara namun tetapi tapi ;".split()),
        openers=frozenset(
            """yang untuk agar supaya karena sehingga jika apabila bila kalau bahwa guna demi meski meskipun walau walaupun sebab lantaran
            akibat hingga asalkan kecuali seandainya tanpa sambil seraya dengan daripada ketimbang setelah sebelum ketika saat sejak usai
            selama sembari""".split()
        ),
        relative=frozenset({"yang"}),
        times=frozenset("saat ketika setelah sebelum sejak usai sewaktu tatkala".split()),
        determiners=frozenset("ini itu tersebut".split()),
        together=re.compile(
            r"\b(?:antara|bertemu|bersama|gabungan|merger|kerja sama|bekerja sama|seperti|yakni|yaitu|berunding|menikah|sepakat|bersaing|melawan"
            r"|perbedaan|hubungan|perbatasan|perdamaian|total|gencatan|bersepakat|berbatasan|bertanding|berhadapan|masing-masing|menghubungkan|rata-rata|gabung)\b",
            re.IGNORECASE,
        ),
        connectors=re.compile(
            r"(?:sementara itu|selain itu|namun(?: demikian)?|akan tetapi|tetapi|tapi|oleh (?:karena|sebab) itu|karena itu|di sisi lain"
            r"|dengan demikian|bahkan|pasalnya|kemudian|lalu|selanjutnya|sebelumnya|adapun|di samping itu|meski(?:pun)? demikian|meski begitu"
            r"|kendati demikian|sebaliknya|padahal|dan|dengan begitu|tak hanya itu|tidak hanya itu|lebih lanjut|untuk itu|diketahui|sebagai informasi"
            r"|sebab|terkait hal (?:itu|tersebut)|hal senada|di tempat terpisah|secara terpisah|terpisah|selain|misalnya|singkatnya|artinya)\s*,\s*"
            r"|(?:namun|tetapi|tapi|adapun|bahkan|sementara itu|selain itu|dan|kemudian|lalu|padahal|sedangkan)\s+",
            re.IGNORECASE,
        ),
        roles=re.compile(rf"(?i)\b(?:{_ROLES_ID})\b"),
    ),
    "en": Grammar(
        copula="is",
        finite=frozenset({"PAST", "PRES", "MODAL"}),
        helpers=frozenset(
            "also then later not never now still already just only again soon n't finally recently currently subsequently".split()
        ),
        verbs=frozenset("is are was were has have had does did will would can could may might must should".split()),
        joints=frozenset("and but then while whereas yet or".split()),
        strong=frozenset("but while whereas yet ;".split()),
        openers=frozenset(
            """that who whom whose which where when because if unless so although though since until before after as than once whether what how
            why without by while""".split()
        ),
        relative=frozenset({"who", "which", "whose"}),
        times=frozenset("when after before while since as".split()),
        determiners=frozenset(),
        together=re.compile(
            r"\b(?:between|met|meets?|together|merger|joint(?:ly)?|such as|agreed|married|talks|combined|versus|against|both|namely|total|among"
            r"|connect(?:s|ed|ing)?|link(?:s|ed|ing)?|differen\w+|relations?|ties|ceasefire|border|cooperat\w+|average|respectively|shared?|joined forces|collided|combine)\b",
            re.IGNORECASE,
        ),
        connectors=re.compile(
            r"(?:meanwhile|however|in addition|moreover|furthermore|still|also|instead|then|separately|nevertheless|nonetheless|for example"
            r"|for instance|in fact|on the other hand|by contrast|in contrast|as a result|therefore|thus|but|and|so|besides|likewise|similarly"
            r"|in turn|of course|indeed|yet)\s*,\s*|(?:but|and|so|yet|meanwhile|also)\s+",
            re.IGNORECASE,
        ),
        roles=re.compile(rf"(?i)\b(?:{_ROLES_EN})s?\b"),
    ),
}


SAYING = {
    "id": frozenset(
        """mengatakan menyatakan menyebut menyebutkan mengungkap mengungkapkan menjelaskan menambahkan menegaskan menuturkan mengklaim
        mengumumkan melaporkan menilai mengakui memaparkan menyampaikan mengonfirmasi mengkonfirmasi membenarkan menulis menuliskan berkata
        berpendapat memperkirakan memprediksi menduga meyakini menuding mengingatkan memperingatkan menerangkan mengemukakan berujar
        menekankan menggarisbawahi memastikan mengaku berharap mengimbau meminta menyarankan mengusulkan menyimpulkan menjanjikan menyoroti
        membantah menyangkal menampik menambah mencatat menunjukkan membeberkan bilang mengeluh memerintahkan mendesak""".split()
    ),
    "en": frozenset(
        """said says say wrote writes stated states announced announces reported reports claimed claims confirmed confirms explained explains
        argued argues noted notes added adds told tells acknowledged acknowledges admitted admits warned warns estimated estimates believes
        believed insisted insists suggested suggests tweeted predicted predicts stressed stresses emphasized emphasised declared declares
        testified denied denies alleged alleges recalled cautioned concluded concludes forecasts projected promised pledged urged called
        showed shows show found revealed reveals heard ruled conceded maintained asserted contended protested""".split()
    ),
}
"""Verbs whose subject speaks and whose object is what was said."""


NEEDS_THAT = frozenset(
    """mencatat menunjukkan menambah memastikan mengumumkan melaporkan menyoroti menyampaikan showed shows show found reported reports heard
    revealed reveals announced announces forecasts projected concluded ruled conceded maintained protested""".split()
)
"""Those that are no report of speech unless "bahwa", "that" or a quotation follows."""


INVERTED = {
    "id": frozenset(
        """kata ujar tulis tutur ucap jelas ungkap imbuh tambah terang tegas papar sebut cetus urai beber kilah tukas sambung klaim
        seloroh seru canda lanjut keluh timpal kenang tandas sanggah""".split()
    ),
    "en": frozenset(
        """said says say wrote writes argued argues insisted added adds tweeted explained explains noted notes warned warns recalled told tells
        show shows showed asked joked heard shouted reported reports confirmed announced estimated estimates""".split()
    ),
}
"""Words that report what stands before them."""


REPORTING = INVERTED["id"] | frozenset(
    """katanya ujarnya tulisnya tuturnya ucapnya jelasnya ungkapnya imbuhnya tambahnya terangnya tegasnya paparnya sebutnya cetusnya menurut
    according dikutip dilansir""".split()
)
"""Those of them, and of words that report what follows, which no noun phrase runs past."""


OFFICES = frozenset(
    "pusat direktorat majelis asosiasi persatuan perhimpunan lembaga menteri ministry department agency bureau office institute university bank minister secretary"
    " direktur kepala fakultas sekolah balai undang-undang uu".split()
)


PARTS = frozenset(
    "kota kabupaten provinsi desa kecamatan kelurahan dinas badan kementerian bank universitas institut polda polres polsek kantor rumah sakit wilayah uni pt cv komisi dewan partai lembaga".split()
)


PLACES = frozenset("kota kabupaten provinsi desa kecamatan kelurahan dusun kampung pulau pasar jalan".split())
"""Kinds of place that stand before the name of one."""


CONCEDING = frozenset("although though meski meskipun walau walaupun".split())
"""Words that open a clause which the main one holds in spite of."""


WEEKDAY_ID = r"(?:Senin|Selasa|Rabu|Kamis|Jum'?at|Sabtu|Minggu|Ahad)"


WEEKDAY_EN = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"


MONTH_EN = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Aug|Sept?|Oct|Nov|Dec)\.)"


MONTH_ID = r"(?:Januari|Februari|Maret|April|Mei|Juni|Juli|Agustus|September|Oktober|November|Desember)"


TIME_UNITS = frozenset(
    "detik menit jam hari malam pekan minggu bulan tahun seconds minutes hours days nights weeks months years".split()
)
