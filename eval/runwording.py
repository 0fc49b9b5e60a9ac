"""What a run's page says in its own words, in Indonesian and English; what the gate and the measures say of themselves is English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bukti.eval.wording import PAGE_LANGUAGES, WORDS

__all__ = ["RUN_WORDS", "tell_figure", "tell_label"]

_TABLE = """
run_title | Evaluasi: {suite} | Run: {suite}
runs | Evaluasi | Runs
neutral | netral | neutral
rule_must_not_support | Tidak boleh didukung | Must not be supported
rule_errors | Galat | Errors
rule_cases | Kasus | Cases
rule_baseline | Acuan | Baseline
rule_suite | Suite | Suite
rule_measures | Ukuran | Measures
rule_unanswered | Tidak dijawab | Not answered
rule_repeats | Ulangan | Repeats
rule_flaky | Goyah | Flaky
rule_coverage | Cakupan | Coverage
rule_unmatched | Tanpa padanan | Unmatched
kind | Hasil evaluasi | Evaluation run
no_cases | Evaluasi ini tidak punya kasus: tidak ada yang diukur. | The run has no cases: nothing was measured.
exit_code | kode keluar {n} | exit {n}
pass | lulus | pass
regression | kemunduran | regression
inconclusive | belum dapat disimpulkan | inconclusive
cannot_decide | tidak dapat memutuskan | cannot decide
not_gated | diukur, tanpa pembanding | measured, not gated
n_cases | {n} kasus | {n} case[/s]
majority | putusan tersering saja | most frequent verdict alone
tag | tanda | tag
n_labelled | {n} klaim berlabel | {n} labelled claim[/s]
n_wrong | {n} salah | {n} wrong
n_failed | {n} gagal | {n} failed
n_pairs | {n} pasangan | {n} pair[/s]
coverage_of | cakupan {share} | coverage {share}
churn_of | berubah {share} | churn {share}
unmatched_of | tanpa padanan {share} | unmatched {share}
against | Dibandingkan dengan acuan | Against the baseline
compared_with | Dibandingkan dengan {run} | Against {run}
gate_says | Menurut gerbang mutu | The gate says
standing | Seperti sebelumnya: {n} klaim tidak boleh didukung, tetapi didukung dalam kedua evaluasi. | As before: {n} claim[/s] must not be supported and [is/are], in both runs.
two_suites | Suitenya berbeda: {before} memakai {suite} (klaim berlabel: {n}), {after} memakai {other} (klaim berlabel: {m}); yang ada dalam keduanya: {k}. Hanya itu yang dibandingkan. | The suites differ: {before} is of {suite} (labelled claims: {n}), {after} of {other} (labelled claims: {m}); in both: {k}. Only those are compared.
nothing_shared | Tidak ada yang dapat dibandingkan. | Nothing can be compared.
only_in | Hanya dalam {run} | Only in {run}
against_note | Selisih ialah evaluasi ini dikurangi acuan; “belum tertutup” ialah selisih terburuk yang masih mungkin menurut data. | Differences are run minus baseline; “not excluded” is the worst difference that the data leave possible.
measure | ukuran | measure
baseline | acuan | baseline
this_run | evaluasi ini | run
difference | selisih | difference
not_excluded | belum tertutup | not excluded
margin | batas | margin
adjusted_p | p tersesuaikan | adjusted p
pairs | pasangan | pairs
broken | Aturan yang dilanggar | Broken rules
measures | Ukuran | Measures
measures_note | Selang 95%, atas artikel utuh. | Intervals are 95%, over whole articles.
value | nilai | value
from | dari | from
to | sampai | to
results | hasil | results
note | catatan | note
mutants | Mutan | Mutants
mutants_note | {n} mutan dari {claims} klaim yang didukung, {failed} gagal. Tertangkap berarti tidak lagi didukung; selang 95%. | {n} mutant[/s] of {claims} supported claim[/s], {failed} failed. Caught is what is no longer supported; intervals are 95%.
changed | yang diubah | changed
mutants_count | mutan | mutants
caught | tertangkap | caught
all_mutants | semua | all
in_language | dalam bahasa {language} | in {language}
missed | Tetap dianggap didukung | Supported all the same
confusion | Matriks kekeliruan | Confusion matrix
confusion_note | Baris ialah putusan yang benar, kolom yang diberikan. | Rows are the right verdicts, columns those given.
right_given | benar \\ diberikan | right \\ given
confidence | Keyakinan | Confidence
in_words | dengan kata-kata | in words
reliability | Keandalan dukungan | Reliability of support
reliability_note | Pada garis miring, dukungan berarti seperti angkanya; di bawahnya dukungan terlalu tinggi. | On the diagonal support means what it says; below it support is too high.
reliability_x | rata-rata dukungan dalam kelompok | mean support of the bin
reliability_y | bagian yang putusan benarnya didukung | share whose gold verdict is supported
reliability_dot | dukungan {low} sampai {high}, rata-rata {mean}: {share} dari {n} didukung | support {low} to {high}, mean {mean}: {share} of {n} are supported
risk | Risiko terhadap cakupan | Risk against coverage
risk_note | Berapa putusan yang salah bila hanya yang paling yakin diberikan. | How many verdicts are wrong where only the surest are given.
risk_x | bagian yang dijawab, yang paling yakin lebih dulu | share of results answered, the surest first
risk_y | bagian darinya yang salah | share of those that is wrong
risk_dot | {coverage} yang paling yakin: {risk} salah | the surest {coverage}: {risk} wrong
worse | Memburuk | Worse
better | Membaik | Better
other | Putusan lain, sama salahnya atau tanpa label | Other verdicts, wrong as before or without a label
unchanged | Tidak satu putusan pun berubah. | No verdict changed.
flaky | Goyah: ulangannya berbeda | Flaky: repeats disagree
missing | Tidak dijawab | Not answered
vanished | Hilang: hanya dalam acuan | Vanished: in the baseline only
new | Baru: hanya dalam evaluasi ini | New: in the run only
right_is | benar: {verdict} | right: {verdict}
failed_cases | Gagal | Failed
no_verdict | tidak ada putusan | no verdict
wrong_cases | Salah | Wrong
not_supported | bukan didukung | not supported
gold_evidence | bukti yang benar | gold evidence
no_evidence | tidak ada bukti | no evidence
more_passages | dan {n} potongan lagi | and {n} more passage[/s]
more_left_out | {n} lagi tidak ditampilkan di sini. | {n} more [is/are] left out here.
depends | Semua yang menentukan hasil ini | What the run depends on
"""

_ROWS = tuple(tuple(line.split(" | ")) for line in _TABLE.strip().split("\n"))

RUN_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        language: MappingProxyType({**WORDS[language], **{row[0]: row[column] for row in _ROWS}})
        for column, language in enumerate(PAGE_LANGUAGES, start=1)
    }
)
"""What a run's page says, by language and key; the words of reports among them."""


def tell_label(label: str, language: str) -> str:
    """Gives a verdict, a stance or an outcome in words.

    >>> tell_label("not_enough_evidence", "id"), tell_label("cannot_decide", "en"), tell_label("neutral", "id")
    ('bukti belum cukup', 'cannot decide', 'netral')
    """
    return RUN_WORDS[language][label]


def tell_figure(written: str, language: str) -> str:
    """Gives a figure that was written with a decimal point as the language writes it.

    >>> tell_figure("-0.1333", "id"), tell_figure("97.5%", "en")
    ('-0,1333', '97.5%')
    """
    return written.replace(".", ",") if language == "id" else written
