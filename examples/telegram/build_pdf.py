"""Builds sources/engineering-note.pdf, the same bytes each time.

python examples/telegram/build_pdf.py
"""

from datetime import datetime, timezone
from pathlib import Path

from fpdf import FPDF

TITLE = "Note on the network outage of 4 October 2021"
PARAGRAPHS = [
    "During routine maintenance a command was issued to measure the capacity of the backbone network. The command took down "
    "all connections of the backbone and cut the data centers of Facebook off from the internet.",
    "The outage was not caused by a cyber attack. It was caused by a faulty configuration change on the backbone routers "
    "that coordinate traffic between the data centers.",
    "About 3.5 billion people use at least one of the services of the company. Engineers had to be sent to the sites, "
    "because remote access had gone with the network.",
]


def main() -> None:
    """Writes the file."""
    pdf = FPDF()
    pdf.set_title(TITLE)
    pdf.set_creation_date(datetime(2021, 10, 6, tzinfo=timezone.utc))
    pdf.add_page()
    pdf.set_font("Helvetica", "B", 16)
    pdf.multi_cell(0, 9, TITLE, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Helvetica", size=11)
    for paragraph in PARAGRAPHS:
        pdf.ln(4)
        pdf.multi_cell(0, 6, paragraph, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(Path(__file__).parent / "sources" / "engineering-note.pdf"))


if __name__ == "__main__":
    main()
