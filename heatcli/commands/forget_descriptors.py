"""What each run of `heatcli analyze` begins with: removing descriptors that were kept for long enough."""

from datetime import datetime

from heatcli.analysis.concerns import Concern
from heatcli.analysis.progress import Progress
from heatcli.config.models import Config
from heatcli.errors import StoreError
from heatcli.select.decided import decided
from heatcli.store.descriptors import forget_descriptors
from heatcli.store.store import Store


def forget_old(store: Store, config: Config, began: datetime, progress: Progress) -> None:
    """Remove the embeddings of clips that ended longer ago than they are kept; what they decided is noted.

    Clips that this run has analysed keep theirs: others of the same day may follow.

    Args:
        store: heat store.
        config: configuration: how long after its recording a clip keeps them, and the places of staff.
        began: when this run of `analyze` began.
        progress: receiver of a warning where they cannot be removed; new clips are analysed nevertheless.
    """
    kept = config.privacy.descriptors
    if kept is None:
        return
    try:
        found = decided(store, config, until=began - kept, analysed_before=began)
        if len(found):
            forget_descriptors(store, found)
    except StoreError as error:
        progress.warn(Concern.DESCRIPTORS, f"descriptors are kept for longer than they should be: {error}")
