@org.jspecify.annotations.NullMarked
package dev.cairn.cli;
