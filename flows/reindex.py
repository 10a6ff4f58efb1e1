"""Texts get vectors of the model that comes next, beside those of the present one."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.keeping import ProgressOf, keeping
from tasks.upkeep import embed_documents, embed_feedback


@flow(name="reindex", persist_result=False)
async def reindex() -> State[Any]:
    """Whatever lacks a vector gets one. `Ready` says that processes configured for this model find everything."""
    progress = await ProgressOf.begin("reindex", "Assets whose texts have a vector of this model")
    async with keeping() as kept:
        model, documents = await embed_documents(kept, progress)
        feedback = 0 if kept.settings.next_embeddings_url else await embed_feedback(kept)
    await progress.at(1)
    said = f"{model}: {documents} texts and {feedback} questions with feedback embedded"
    return Completed(name="Ready", message=said)
