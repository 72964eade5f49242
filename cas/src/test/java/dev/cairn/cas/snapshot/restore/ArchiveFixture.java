package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.snapshot.Cancellation;
import dev.cairn.cas.snapshot.archive.ArchiveInput;
import dev.cairn.cas.snapshot.archive.Export;
import dev.cairn.cas.snapshot.archive.ExportFormat;
import dev.cairn.cas.snapshot.archive.ExportPlan;
import dev.cairn.cas.snapshot.archive.ExportProgress;
import dev.cairn.cas.snapshot.archive.ExportResult;
import dev.cairn.cas.snapshot.archive.Import;
import dev.cairn.cas.snapshot.capture.BringPlan;
import dev.cairn.cas.snapshot.capture.Capture;
import dev.cairn.cas.snapshot.capture.CaptureProgress;
import dev.cairn.cas.snapshot.capture.CaptureResult;
import dev.cairn.cas.snapshot.capture.CaptureStore;
import dev.cairn.chunker.GearCutter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** As its parent, with an archive between. */
abstract class ArchiveFixture extends RestoreFixture {

    Path archive = Path.of("");

    ExportResult export(ObjectId root, EntryPath top, ExportFormat format) throws IOException {
        Export export = new Export(objects, repository.sealer(), repository.temporaryFolder());
        try (OutputStream out = Files.newOutputStream(archive())) {
            return export.run(new ExportPlan(root, top, format), out, ExportProgress.NONE, Cancellation.NEVER);
        }
    }

    CaptureResult importArchive(String branch) throws IOException {
        return importFrom(new ArchiveInput.OfFile(archive()), branch);
    }

    CaptureResult importFrom(ArchiveInput input, String branch) throws IOException {
        CaptureStore store = new CaptureStore(
                repository.store(),
                repository.keys(),
                repository.sealer(),
                repository.objects(),
                new GearCutter(repository.gearTable(), repository.chunkProfile()),
                repository.replica(),
                "test");
        BringPlan plan = new BringPlan(branch, List.of(), List.of(), false, "", "");
        return new Import(new Capture(store), repository.sealer(), repository.temporaryFolder())
                .run(input, plan, CaptureProgress.NONE, Cancellation.NEVER);
    }

    Path archive() {
        archive = temp.resolve("archive");
        return archive;
    }

    static boolean has(String program) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    static void run(Path folder, String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        assertThat(process.exitValue()).as(output).isZero();
    }
}
