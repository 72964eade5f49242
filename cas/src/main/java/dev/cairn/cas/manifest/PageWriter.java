package dev.cairn.cas.manifest;

/** A page under construction: the bytes of its columns and the children that they refer to, in the order of reference. */
final class PageWriter {

    final BodyWriter body = new BodyWriter();
    final ChildWriter nodes = new ChildWriter();
    final ChildWriter chunks = new ChildWriter();
}
