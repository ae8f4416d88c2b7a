"""The version list of a custom location: what an instance offers, and which images are ready."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from planner.emulator.payloads import PROVIDER, Document, system_data
from planner.emulator.world import LINUX, WINDOWS, Instance, guid

__all__ = ["kubernetes_versions"]

LIST_AGE: Final = timedelta(minutes=4, seconds=24)


def kubernetes_versions(instance: Instance, now: datetime) -> Document:
    """GET kubernetesVersions/default of the custom location. Every list is sorted as text."""
    group = f"/subscriptions/{instance.subscription}/{{}}/{instance.resource_group}/providers"
    location = f"{group}/microsoft.extendedlocation/customlocations/{instance.location_name}"
    offers = sorted(instance.offers or ())
    return {
        "id": f"{location.format('resourceGroups')}{PROVIDER}/kubernetesVersions/default",
        "name": "default",
        "type": "microsoft.hybridcontainerservice/kubernetesversions",
        "extendedLocation": {"name": location.format("resourcegroups"), "type": "CustomLocation"},
        "systemData": system_data(now - timedelta(days=180), now - LIST_AGE, guid("creator", instance.subscription)),
        "properties": {
            "provisioningState": "Succeeded",
            "values": [
                {
                    "version": minor,
                    "isPreview": minor in instance.previews,
                    "patchVersions": {text: _patch(instance, text) for text in patches},
                }
                for minor, patches in groupby(offers, lambda text: text.rpartition(".")[0])
            ],
        },
    }


def _patch(instance: Instance, version: str) -> Document:
    upgrades = [text for text in instance.upgrades_from(version) if text in (instance.offers or ())]
    readiness = [_readiness(instance, version, sku) for sku in (LINUX, *WINDOWS)]
    return {"readiness": readiness, **({"upgrades": upgrades} if upgrades else {})}


def _readiness(instance: Instance, version: str, sku: str) -> Document:
    if sku == LINUX:
        if version not in instance.not_ready:
            return {"osType": "Linux", "osSku": sku, "ready": True}
        message = f"Kubernetes version {version} is not ready for use on Linux."
    elif not instance.windows:
        message = "Windows nodepool feature is disabled"
    elif sku in instance.windows:
        return {"osType": "Windows", "osSku": sku, "ready": True}
    else:
        message = f"Kubernetes version {version} is not ready for use on Windows."
    return {"osType": "Linux" if sku == LINUX else "Windows", "osSku": sku, "ready": False, "errorMessage": message}
