package dev.cairn.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.junit.jupiter.api.Test;

/** What is left on a terminal of a bar that was removed. */
class RemovedBarTest {

    /** It left an empty line behind. */
    @Test
    void bar_closed_leavesNoLine() {
        ByteArrayOutputStream terminal = new ByteArrayOutputStream();
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("restore")
                .setInitialMax(10)
                .setConsumer(new RemovedBar(Console.utf8(terminal)))
                .clearDisplayOnFinish()
                .build()) {
            bar.stepTo(10);
            bar.refresh();
        }
        String drawn = terminal.toString(StandardCharsets.UTF_8);
        assertThat(drawn).contains("restore").doesNotContain("\n").endsWith("\r");
    }
}
