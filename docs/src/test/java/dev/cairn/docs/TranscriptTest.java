package dev.cairn.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TranscriptTest {

    private final Transcript transcript = new Transcript();

    @Test
    void steps_commandsAndOutput_areTakenApart() {
        List<Transcript.Step> steps = Transcript.steps("$ one\na\n\n$ two\n");
        assertThat(steps)
                .containsExactly(new Transcript.Step("one", List.of("a", "")), new Transcript.Step("two", List.of()));
    }

    @Test
    void differences_idsTimesAndSizes_mayDiffer() {
        assertThat(transcript.differences(
                        List.of("80a763e306ac  main  2026-11-29 03:59:00  2  24 B  laptop  /home/ada/notes"),
                        List.of("d33e57f980e3  main  2027-01-01 00:00:00  2  1.20 kB  a-longer-name  /home/ada/notes")))
                .isEmpty();
    }

    @Test
    void differences_otherWordOrCount_areTold() {
        assertThat(transcript.differences(List.of("2 files on main"), List.of("3 files on main")))
                .containsExactly("2 files on main", "3 files on main");
        assertThat(transcript.differences(List.of("a"), List.of("a", "b"))).containsExactly("(nothing more)", "b");
        assertThat(transcript.differences(List.of("a", "b"), List.of("a"))).containsExactly("b", "(nothing more)");
    }

    @Test
    void differences_dots_standForAnyLines() {
        assertThat(transcript.differences(List.of("a", "...", "z"), List.of("a", "b", "c", "z")))
                .isEmpty();
        assertThat(transcript.differences(List.of("a", "..."), List.of("a"))).isEmpty();
        assertThat(transcript.differences(List.of("...", "z"), List.of("a", "y")))
                .isNotEmpty();
    }

    @Test
    void real_nameThatWasShown_isTheOnePrinted() {
        assertThat(transcript.differences(
                        List.of("code: 7VVT5-V0YA9-HCJKD-4TE1T"), List.of("code: AAAAA-BBBBB-CCCCC-DDDDD")))
                .isEmpty();
        assertThat(transcript.real("cairn clone --recovery-code 7VVT5-V0YA9-HCJKD-4TE1T"))
                .isEqualTo("cairn clone --recovery-code AAAAA-BBBBB-CCCCC-DDDDD");
        assertThat(transcript.matches("7VVT5-V0YA9-HCJKD-4TE1T", "EEEEE-BBBBB-CCCCC-DDDDD"))
                .as("the same name is another one later")
                .isFalse();
    }
}
