@org.jspecify.annotations.NullMarked
package dev.cairn.bench;
