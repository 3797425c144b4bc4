"""Commands about the public register; `check` needs no database and no network."""

from base64 import b64encode
from json import dumps
from pathlib import Path

import click

from puhui.db.session import connect, snapshot, transaction
from puhui.kernel.clock import now
from puhui.register import queries, service
from puhui.register.claim import Claim, Contradiction, claims_of
from puhui.register.invariants import changed_entries
from puhui.register.merkle import tree_root
from puhui.register.note import MalformedNote, UnverifiedNote, VerifierKey
from puhui.register.proof import NotIncluded
from puhui.register.signer import open_signer
from puhui.settings import from_environment


@click.group()
def group() -> None:
    """登记簿 / The public register."""


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "-k", help="登记簿的公钥，或其文件 / The log's public key, or its file.")
@click.option(
    "--pin",
    type=click.Path(dir_okay=False, path_type=Path),
    help="首次信任文件自带的公钥并记在此处，以后只认它 / "
    "Trust the key that comes with FILE once, keep it here, and trust no other from then on.",
)
def check(file: Path, key: str | None, pin: Path | None) -> None:
    """离线核验证明或证书 / Check a .tlog-proof or a certificate, offline."""
    try:
        claims = claims_of(_read(file))
        keys = _keys(claims, key, pin)
        for claim in claims:
            head, fact = claim.check(keys)
            click.echo(
                f"属实：{head.origin} 第 {claim.proof.index} 条（共 {head.size} 条） / "
                f"Proved: entry {claim.proof.index} of {head.size}"
            )
            if claim.is_signed:
                click.echo("文件签名属实 / The document's signature holds")
            elif "document" in fact:
                click.echo("文件没有签名 / The document carries no signature")
            click.echo(dumps(fact, ensure_ascii=False, indent=2, sort_keys=True))
    except MalformedNote as fault:
        raise click.ClickException(
            f"文件格式不对（{fault}） / Not of the published form: {fault}"
        ) from fault
    except UnverifiedNote as fault:
        raise click.ClickException(
            f"不是这个登记簿签的名（{fault}） / Not signed by a trusted key: {fault}"
        ) from fault
    except NotIncluded as fault:
        raise click.ClickException(
            f"签名的登记簿中没有这条记录（{fault}） / Not in the signed log: {fault}"
        ) from fault
    except Contradiction as fault:
        raise click.ClickException(
            f"证书与登记簿所载不一致：{fault} / The document says otherwise than the log: {fault}"
        ) from fault
    if pin is not None and not pin.exists():
        pin.write_text("".join(f"{trusted}\n" for trusted in keys), encoding="utf-8")
        click.echo(f"已记下公钥 / Kept the key in {pin}")


def _keys(claims: list[Claim], key: str | None, pin: Path | None) -> list[VerifierKey]:
    if key is not None:
        return _parse(_read(Path(key)) if Path(key).is_file() else key)
    if pin is not None and pin.exists():
        return _parse(_read(pin))
    brought = {claim.key for claim in claims if claim.key is not None}
    if pin is None or not brought:
        raise click.UsageError(
            "请用 --key 给出登记簿的公钥，或用 --pin 信任文件自带的公钥 / "
            "Give the log's key with --key, or trust the one that came along with --pin"
        )
    return _parse("\n".join(sorted(brought)))


def _parse(lines: str) -> list[VerifierKey]:
    return [VerifierKey.parse(line) for line in lines.splitlines() if line.strip()]


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise MalformedNote("UTF-8") from None


@group.command()
def key() -> None:
    """公钥 / Print the public key that checkpoints of this installation are signed with."""
    click.echo(open_signer(from_environment()).key.verifier)


@group.command()
def root() -> None:
    """重算树根 / Recompute the root from every entry and compare it with the checkpoint."""
    engine = connect(from_environment().database_url)
    with snapshot() as session:
        size = queries.size(session)
        head = queries.checkpoint(session)
        changes = changed_entries(session.connection())
        value = tree_root(queries.nodes(session, size), size)
    engine.dispose()
    click.echo(f"{size} {b64encode(value).decode()}")
    if head is not None:
        click.echo(head.note, nl=False)
    if changes:
        raise click.ClickException("被改动 / Changed: " + ", ".join(changes))


@group.command()
def sign() -> None:
    """编号并签名 / Number and sign what waits, as the worker does by itself."""
    settings = from_environment()
    signer = open_signer(settings)
    engine = connect(settings.database_url)
    with transaction() as session:
        service.number(session, now())
    with transaction() as session:
        note = service.sign(session, signer, now())
    engine.dispose()
    click.echo(note or "没有新的记录 / Nothing new", nl=note is None)
