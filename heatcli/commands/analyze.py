"""The work behind `heatcli analyze`: frames -> detections -> tracklets -> trajectories -> store."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from heatcli.analysis.cluster import Cluster
from heatcli.analysis.concerns import Concern
from heatcli.analysis.config_faults import config_faults
from heatcli.analysis.done_on_nodes import done_on_nodes
from heatcli.analysis.machine import cores, most_workers, usable_workers
from heatcli.analysis.options import Options
from heatcli.analysis.plan import Job, plan
from heatcli.analysis.progress import ClipResult, Progress
from heatcli.analysis.sources import configured_clips, find_clips
from heatcli.analysis.workers import done_by_workers, done_here
from heatcli.commands.clip_work import How, open_commit, open_work
from heatcli.commands.cluster_work import open_driver
from heatcli.config.models import Config
from heatcli.errors import BusyError, ErasedError, InputError, UsageError
from heatcli.names import Engine
from heatcli.store.commit import check_camera_name
from heatcli.store.journal import Deed, note_rows
from heatcli.store.store import Store


def analyze_clips(
    *,
    sources: Sequence[str] = (),
    store: Path,
    progress: Progress,
    config: Config | None = None,
    options: Options | None = None,
    force: bool = False,
    reanalyse: bool = False,
    dry_run: bool = False,
    forks: bool = False,
    workers: int | None = None,
    engine: Engine = Engine.LOCAL,
    ray_address: str | None = None,
) -> list[ClipResult]:
    """Analyse clips into a store. A clip that fails does not stop the others.

    Args:
        sources: files, folders and globs of clips; none for the `sources` of the configuration.
        store: folder of the heat store; made if it does not exist.
        progress: receiver of progress reports, who may be asked.
        config: configuration (`heatcli.toml`); None for the defaults.
        options: options of the user; None for none.
        force: whether clips that the store has with the same settings are analysed again.
        reanalyse: whether more than a day's recordings may be analysed again because of a setting.
        dry_run: whether nothing is analysed, only found out what would be.
        forks: whether the work is done in a fork of this process, so that a library that crashes takes only
            one clip with it. Not for a process that has threads, or has used a store.
        workers: number of processes that share the clips; None for as many as the machine, or the cluster, is
            fit for.
        engine: what shares out the clips.
        ray_address: address of a Ray cluster, `HOST:PORT`, or `auto` for the one that this machine belongs
            to; None for what `RAY_ADDRESS` says, else for this machine alone.

    Returns:
        Results of the sources that name no clip, and of the clips, in their order. They are reported as they
        come.

    Raises:
        UsageError: an option, the configuration or the model is invalid.
        ClusterError: the cluster cannot be reached, has no room, or has nodes that cannot do the work.
        StoreError: the store cannot be written.
    """
    config, options = config or Config(), options or Options()
    clips, missing = find_clips(sources) if sources else (configured_clips(config), {})
    planned = plan(clips, config, options)
    if options.camera is not None:
        check_camera_name(options.camera)
    else:
        for concern, message in config_faults(config, clips):
            progress.warn(concern, message)
    results = [ClipResult(source, "failed", message=str(error)) for source, error in missing.items()]
    results += [
        ClipResult(str(clip), "failed", message=message, concern=Concern.UNCLAIMED)
        for clip, message in planned.unclaimed.items()
    ]
    jobs = []
    for job in planned.jobs:
        try:
            check_camera_name(job.camera)
        except UsageError as error:
            # The camera's name comes from this file or its configuration: the other clips go on.
            results.append(ClipResult(str(job.path), "failed", job.camera, message=f"{job.path}: {error}"))
        else:
            jobs.append(job)
    for result in results:
        progress.end(result)
    if not jobs:
        return results
    how = How(
        store,
        config,
        datetime.now(UTC),
        force=force,
        reanalyse=reanalyse,
        dry_run=dry_run,
    )
    do_jobs = partial(done_here, partial(open_work, jobs=jobs, how=how))
    if engine == Engine.RAY and not dry_run:
        do_jobs = partial(
            done_on_nodes,
            partial(open_driver, jobs=jobs, how=how),
            cluster=Cluster(config.ray, ray_address, workers),
            open_commit=partial(open_commit, how=how),
        )
    elif forks:
        count = 1 if dry_run else _fitting(workers, len(jobs), progress)
        threads = max(1, cores() // count) if count > 1 else None
        how = replace(how, stages=count > 1)
        do_jobs = partial(
            done_by_workers,
            partial(open_work, jobs=jobs, how=how),
            most=count,
            threads=threads,
            open_commit=partial(open_commit, how=how),
        )
    ended: dict[int, ClipResult] = {}
    try:
        with do_jobs(jobs, progress) as outcomes:
            progress.expect(len(jobs))
            for number, outcome in outcomes:
                ended[number] = _result(jobs[number], outcome, is_named=bool(sources))
                progress.end(ended[number])
    finally:
        # Also of a run that was stopped.
        rows = [one.row for one in ended.values() if one.status == "analysed" and one.row is not None]
        note_rows(Store(store), Deed.ANALYZE, rows, force=force, reanalyse=reanalyse)
    return results + [ended[number] for number in range(len(jobs))]


def _fitting(said: int | None, clips: int, progress: Progress) -> int:
    """Return how many processes share so many clips: what the user said, as far as memory goes."""
    if said is None:
        return usable_workers(clips)
    wanted, most = min(said, clips), most_workers()
    if wanted > most:
        progress.warn(Concern.MEMORY, f"--workers {said}: memory is enough for {most}, so there are no more")
    return min(wanted, most)


def _result(job: Job, outcome: ClipResult | Exception, *, is_named: bool) -> ClipResult:
    """Return the result of a job; an error of its clip becomes one.

    Raises:
        Exception: what has happened concerns more than this clip.
    """
    match outcome:
        case ClipResult():
            return outcome
        case BusyError():
            status, message = "busy" if is_named else "left", str(outcome)
        case ErasedError():
            status, message = "forgotten", str(outcome)
        case InputError():
            status, message = "failed", str(outcome)
        case MemoryError():
            status = "failed"
            remedy = "run it again with more, or cut it into parts"
            message = f"{job.path}: takes more memory than there is; {remedy}"
        case _:
            raise outcome
    return ClipResult(str(job.path), status, job.camera, message=message)
