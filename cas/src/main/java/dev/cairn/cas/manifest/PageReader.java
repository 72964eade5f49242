package dev.cairn.cas.manifest;

/** A page that is read: its columns and its children. */
record PageReader(BodyReader body, ChildReader nodes, ChildReader chunks) {}
