"""A person planted in exports, who says who they are wherever one can, and where that is read."""

from pathlib import Path

from small_cohort import person

EMAIL, NETWORK, NAME, PHONE = "zebedee@canary.example", "203.0.113.77", "Zebedee", "55501234567"
CANARIES = (EMAIL, "canary.example", NETWORK, NAME, PHONE)


def plant(at: str) -> dict[str, str]:
    """Return a person who writes who they are wherever one can write."""
    return person(
        at=at,
        email=EMAIL,
        ip=NETWORK,
        comment=f"{NAME} here, {EMAIL}, {PHONE}",
        income=f"ask {NAME}",
        hours=NETWORK,
        weeks=PHONE,
    )


def find_canaries(folder: Path, said: str) -> list[str]:
    """Return where a canary can be read, in files (packed ones too) and in what was said."""
    import pyarrow.parquet

    found = [f"said: {canary}" for canary in CANARIES if canary.lower() in said.lower()]
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", errors="ignore")
        if path.suffix == ".parquet":
            text += pyarrow.parquet.read_table(path).to_pandas().to_csv()
        found += [f"{path}: {canary}" for canary in CANARIES if canary.lower() in text.lower()]
    return found
