"""Results as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bench.relay import FIGURES


def table(results: dict[str, Any]) -> str:
    """Give all results that are there."""
    parts = []
    if relay := results.get("relay"):
        parts += list(_relay_lines(relay))
    if transfer := results.get("transfer"):
        parts += ["", *_transfer_lines(transfer)]
    if network := results.get("network"):
        parts += ["", *_network_lines(network)]
    if idle := results.get("agent"):
        parts += ["", *_agent_lines(idle)]
    if sdk := results.get("sdk"):
        parts += ["", *_sdk_lines(sdk)]
    if index := results.get("index"):
        parts += ["", *_index_lines(index)]
    if events := results.get("events"):
        parts += ["", *_event_lines(events)]
    if jobs := results.get("jobs"):
        parts += ["", *_job_lines(jobs)]
    if queued := results.get("worker_jobs"):
        parts += ["", *_worker_job_lines(queued)]
    if memory := results.get("worker_memory"):
        parts += ["", *_worker_memory_lines(memory)]
    if previews := results.get("previews"):
        parts += ["", *_preview_lines(previews)]
    if live := results.get("live"):
        parts += ["", *_live_lines(live)]
    if seen := results.get("phone"):
        parts += ["", *_phone_lines(seen)]
    if listed := results.get("list"):
        parts += ["", *_list_lines(listed)]
    if login := results.get("login"):
        parts += ["", *_login_lines(login)]
    if growth := results.get("growth"):
        parts += ["", *_growth_lines(growth)]
    return "\n".join(parts)


def _sdk_lines(sdk: dict[str, Any]) -> Iterable[str]:
    yield (
        f"Importing hivesync takes {sdk['import_package_ms']:.0f} ms, "
        f"its Client {sdk['import_client_ms']:.0f} ms (httpx alone {sdk['import_httpx_ms']:.0f} ms); "
        f"a call of the agent {sdk['call_ms']:.2f} ms, "
        f"by bare httpx {sdk['bare_call_ms']:.2f} ms: {sdk['call_ratio']:.2f} ×"
    )


def _relay_lines(relay: dict[str, Any]) -> Iterable[str]:
    names = list(next(iter(relay["medians"].values())))
    cores = relay["cores"]
    yield (
        f"Before one static upstream ({relay['upstream']}); load by {relay['load_generator']}; "
        f"cores: relay {cores['relay']}, upstream {cores['upstream']}, load {cores['load']}"
    )
    yield f"{'median':<24}" + "".join(f"{name:>13}" for name in names)
    for figure in FIGURES:
        values = relay["medians"][figure.name]
        yield f"{figure.name:<24}" + "".join(f"{values[name]:>13,.2f}" for name in names) + f"  {figure.unit}"
    yield f"{'relay ÷ other':<24}" + "".join(f"{'' if name == 'relay' else name:>13}" for name in names)
    for figure in FIGURES:
        ratios = relay["relay_ratio"][figure.name]
        cells = (f"{ratios[name]:>13.2f}" if name in ratios else f"{'':>13}" for name in names)
        yield f"{figure.name:<24}" + "".join(cells)


def _transfer_lines(transfer: dict[str, Any]) -> Iterable[str]:
    yield f"{transfer['size_megabytes']:,.0f} MB through the relay, median of {transfer['rounds']}"
    for direction, speeds in transfer["megabytes_per_second"].items():
        ratio = transfer["ratio"][direction]
        named = ", ".join(f"{name} {speed:,.0f}" for name, speed in speeds.items())
        yield f"  {direction:<5} {named} MB/s: relay ÷ direct {ratio:.2f} ×"
    yield f"  the agent grew by {transfer['memory_growth_megabytes']:.1f} MB at most"


def _network_lines(network: dict[str, Any]) -> Iterable[str]:
    yield f"Over TLS, {network['round_trip_ms']:.0f} ms away, median of {network['rounds']}"
    yield f"  a fresh direct connection {network['fresh_direct_ms']:.1f} ms"
    yield f"  by the agent {network['agent_action_ms']:.1f} ms: {network['action_ratio']:.2f} ×"
    yield (
        f"  a revalidated read {network['agent_revalidated_ms']:.1f} ms: "
        f"{network['revalidated_round_trips']:.0f} round trips; "
        f"one over a bare open connection {network['bare_round_trip_ms']:.1f} ms"
    )


def _agent_lines(idle: dict[str, Any]) -> Iterable[str]:
    yield f"Agent: start to discovery file {idle['start_to_discovery_seconds']:.2f} s"
    alone, connected = idle["alone_rss_megabytes"], idle["idle_rss_megabytes"]
    yield (
        f"       idle {alone:.1f} MB; with four editors {connected:.1f} MB, "
        f"{idle['idle_cpu_percent']:.2f} % of one core (over {idle['watched_seconds']:.0f} s)"
    )


def _index_lines(index: dict[str, Any]) -> Iterable[str]:
    yield f"Index of {index['files']:,} small files"
    yield (
        f"  cold {index['cold_seconds']:.2f} s, {index['cold_ratio']:.2f} × sha256sum in two processes; "
        f"unchanged {index['unchanged_seconds']:.2f} s, {index['unchanged_ratio']:.2f} × git status"
    )
    yield f"  files of 0.65 KB each, cold: {index['tiny_ratio']:.2f} × sha256sum"
    yield f"  one file changed, until the watched index has it: {index['changed_milliseconds']:.0f} ms"
    yield (
        f"  agent watching half as many: {index['watched_rss_megabytes']:.1f} MB, "
        f"{index['watched_cpu_percent']:.2f} % of one core"
    )
    yield (
        f"  a branch switch of {index['switched_files']:,} files: git {index['switch_git_seconds']:.1f} s, "
        f"the index is right {index['switch_index_seconds']:.1f} s later"
    )


def _event_lines(events: dict[str, Any]) -> Iterable[str]:
    yield f"Events, from commit to all of {events['listeners']:,} streams, by Postgres and Valkey"
    yield (
        f"  a user each: p50 {events['users_p50_ms']:.0f} ms, p99 {events['users_p99_ms']:.0f} ms; "
        f"one user's: p99 {events['one_user_p99_ms']:.0f} ms"
    )
    yield (
        f"  {events['idle_streams']:,} idle streams: {events['idle_rss_megabytes']:.0f} MB "
        f"({events['alone_rss_megabytes']:.0f} MB without), {events['idle_cpu_percent']:.1f} % of one core; "
        f"{events['opened_per_second']:.0f} opened a second"
    )


def _job_lines(jobs: dict[str, Any]) -> Iterable[str]:
    yield f"A job until its signed POST at the Worker, {jobs['rounds']} one after another"
    for since in ("accepted", "sent"):
        middle, slowest = jobs[f"{since}_p50_ms"], jobs[f"{since}_p99_ms"]
        yield f"  since it was {since} {middle:.1f} ms p50, {slowest:.1f} ms p99"


def _worker_job_lines(queued: dict[str, Any]) -> Iterable[str]:
    yield (
        f"{queued['jobs']} jobs at once at the Worker, of three tiers: "
        f"{queued['succeeded']} built, {queued['reported_twice']} reported twice"
    )
    waits = ", ".join(f"{tier} {seconds:.1f} s" for tier, seconds in queued["wait_p50_seconds"].items())
    yield f"  p50 until reported: {waits}; premium ÷ free {queued['premium_to_free']:.2f} ×"


def _worker_memory_lines(memory: dict[str, Any]) -> Iterable[str]:
    yield f"The Worker's builder, {memory['builds']} builds of different kinds and sizes, one after another"
    yield (
        f"  holds at most {memory['first_half_max']:.0f} MB in the first half, "
        f"{memory['second_half_max']:.0f} MB in the second; replaced {memory['instances'] - 1} times"
    )


def _preview_lines(previews: dict[str, Any]) -> Iterable[str]:
    yield "Previews, from the request to ready, on embedded defaults"
    yield f"  the very first after a start: {previews['cold_seconds']:.2f} s; medians from then on:"
    for name, seconds in previews["samples"].items():
        first, again = seconds["first_seconds"], seconds["rebuild_seconds"]
        built = f"vite {previews['vite']} build {seconds['vite_seconds']:.2f} s"
        yield (
            f"  {name:<20} first {first:.2f} s, {built}: {seconds['ratio']:.2f} ×; "
            f"after a change {again:.2f} s"
        )


def _live_lines(live: dict[str, Any]) -> Iterable[str]:
    yield f"A save in a live preview of {live['files']} files until it is on the page, {live['saves']} saves"
    for name, what in (
        ("near", "nearby"),
        ("vite", f"HMR of vite {live['vite']}"),
        ("far", f"{live['round_trip_ms']:.0f} ms away"),
        ("agent", "  of that, the agent"),
        ("room", "  of that, the room"),
    ):
        yield f"  {what:<20} p50 {live[f'{name}_p50_ms']:.0f} ms, p95 {live[f'{name}_p95_ms']:.0f} ms"
    yield f"  nearby ÷ vite {live['ratio']:.2f} ×; a save sends {live['sent_ratio']:.2f} × its file"


def _phone_lines(seen: dict[str, Any]) -> Iterable[str]:
    yield f"The phone page on a processor {seen['slower']} × slower, {seen['visits']} visits each"
    yield f"  first paint ÷ that of a page of one line {seen['paint_ratio']:.2f} ×"
    for when, what in (("ready", "opened when ready"), ("early", "opened while it is built")):
        figures = seen[when]
        yield (
            f"  {what:<25} first paint {figures['paint_ms']:.0f} ms, app shown {figures['shown_ms']:.0f} ms, "
            f"layout shift {figures['shift']:.4f}"
        )


def _list_lines(listed: dict[str, Any]) -> Iterable[str]:
    yield f"A list of {listed['tasks']} tasks, median of {listed['rounds']}"
    for name, load in listed["medians"].items():
        speed, p50 = load["requests_per_second"], load["p50_ms"]
        yield f"  {name:<10} {speed:,.0f} requests a second, p50 {p50:.1f} ms"
    yield f"  hivesync ÷ bare {listed['ratio']:.2f} ×"


def _login_lines(login: dict[str, Any]) -> Iterable[str]:
    yield f"A health call while {login['people']} people sign in, median of {login['rounds']}"
    yield (
        f"  p99 alone {login['alone_p99_ms']:.2f} ms, during the {login['burst_seconds']:.1f} s of sign-ins "
        f"{login['during_p99_ms']:.2f} ms: {login['ratio']:.2f} ×"
    )


def _growth_lines(growth: dict[str, Any]) -> Iterable[str]:
    yield (
        f"Answers of the backend with {growth['few']:,} and with {growth['many']:,} rows of each kind, "
        f"p99 of {growth['calls']} calls"
    )
    for name, figures in growth["kinds"].items():
        few, many = figures["few_p99_ms"], figures["many_p99_ms"]
        yield f"  {name:<18} {few:>7.1f} ms {many:>7.1f} ms: {figures['ratio']:.2f} ×"
