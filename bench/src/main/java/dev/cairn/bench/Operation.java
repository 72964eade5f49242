package dev.cairn.bench;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What one operation of a benchmark is: a score of 3,400 operations a second whose operation is a MiB is 3,400 MiB/s. Stands in
 * the result file, because JMH itself only counts "ops".
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Operation {

    /** A MiB, of plain content unless the benchmark says otherwise: pages show it as MB (10^6 bytes). */
    String MIB = "MiB";

    /** A singular noun, such as {@code MiB}, {@code entry}, {@code id}. */
    String value();
}
