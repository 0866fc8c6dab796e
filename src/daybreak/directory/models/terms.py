"""Terms of a taxonomy, and which services carry them, as their sources said."""

from __future__ import annotations

import uuid

from django.db import models

from daybreak.directory.models.programs import Service
from daybreak.directory.models.sources import Source


class Taxonomy(models.Model):
    """A list of terms with its edition (HSDS taxonomy).

    ``shared`` False: its licence was given to this installation alone, so neither the list nor which service carries its
    terms leaves by an export, an API or a page.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    description = models.TextField()
    version = models.CharField(max_length=50, blank=True)
    uri = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=300, blank=True)
    shared = models.BooleanField(default=True)
    kept = models.JSONField(null=True, blank=True)

    class Meta:
        """As people write it."""

        verbose_name_plural = "taxonomies"


class TaxonomyTerm(models.Model):
    """One term; for SAMHSA a code with the edition in which it means that (HSDS taxonomy_term)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    taxonomy = models.ForeignKey(Taxonomy, models.CASCADE, related_name="terms")
    code = models.CharField(max_length=200)
    name = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    kept = models.JSONField(null=True, blank=True)

    class Meta:
        """A code once a taxonomy."""

        constraints = [models.UniqueConstraint(fields=["taxonomy", "code"], name="directory_term_once")]


class Attribute(models.Model):
    """A source says that a service carries a term (HSDS attribute)."""

    id = models.BigAutoField(primary_key=True)
    service = models.ForeignKey(Service, models.CASCADE, related_name="attributes", db_index=False)
    term = models.ForeignKey(TaxonomyTerm, models.PROTECT, related_name="attributes")
    source = models.ForeignKey(Source, models.PROTECT, related_name="attributes", db_index=False)
    kept = models.JSONField(null=True, blank=True)

    class Meta:
        """Said once a source; the constraint's index serves look-ups by service."""

        constraints = [
            models.UniqueConstraint(fields=["service", "term", "source"], name="directory_attribute_once")
        ]
