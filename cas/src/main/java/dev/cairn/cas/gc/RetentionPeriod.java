package dev.cairn.cas.gc;

import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;

/** A stretch of the calendar of which one snapshot, the newest, is kept. */
public enum RetentionPeriod {
    /** An hour of the clock on the wall; where clocks go back, the hour that comes twice is two. */
    HOURLY {
        @Override
        long number(ZonedDateTime time) {
            return time.truncatedTo(ChronoUnit.HOURS).toEpochSecond();
        }
    },
    /** A day, midnight to midnight, however many hours it has. */
    DAILY {
        @Override
        long number(ZonedDateTime time) {
            return time.toLocalDate().toEpochDay();
        }
    },
    /** A week of ISO 8601: it begins on Monday. */
    WEEKLY {
        @Override
        long number(ZonedDateTime time) {
            return 100L * time.get(IsoFields.WEEK_BASED_YEAR) + time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
        }
    },
    MONTHLY {
        @Override
        long number(ZonedDateTime time) {
            return 12L * time.getYear() + time.getMonthValue();
        }
    },
    YEARLY {
        @Override
        long number(ZonedDateTime time) {
            return time.getYear();
        }
    };

    /** Tells the period apart from others of its kind. */
    abstract long number(ZonedDateTime time);
}
