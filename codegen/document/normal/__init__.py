"""The normal form of an OpenAPI document: an equal document that says everything in one way."""

from codegen.document.normal.document import Normal as Normal, normal as normal
