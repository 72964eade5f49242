package dev.cairn.cas.snapshot.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.posix.Directory;
import dev.cairn.cas.posix.Errno;
import dev.cairn.cas.posix.PosixFault;
import dev.cairn.cas.posix.RawName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attributes that a file system does not take cost neither the content nor the other attributes. */
final class AttributeFaultTest extends RestoreFixture {

    private ObjectId captureSome() throws IOException {
        write("d/a", noise(1000, 1));
        Files.createSymbolicLink(source.resolve("d/link"), Path.of("a"));
        try (Directory folder = Directory.open(source.resolve("d"))) {
            folder.setXattr(RawName.of("a"), RawName.of("user.x"), RawName.of("1"));
            folder.chmod(RawName.of("a"), 0640);
            folder.setTimes(RawName.of("a"), 1_000_000, 5);
            folder.setTimes(RawName.of("link"), 1_000_000, 6);
            folder.setTimes(1_000_000, 7);
        }
        return capture();
    }

    private void failOn(String operation, Errno reason) {
        access = WatchedTarget.access((op, name) -> {
            if (op.equals(operation)) {
                throw PosixFault.of(operation, name, reason);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"setXattr", "chmod", "setTimes"})
    void run_attributeThatCannotBeSet_isListedAndTheRestIsRestored(String operation) throws IOException {
        ObjectId root = captureSome();
        failOn(operation, Errno.EPERM);

        RestoreResult result = restore(plan(root));

        assertThat(target.resolve("d/a")).hasBinaryContent(noise(1000, 1));
        assertThat(target.resolve("d/link")).isSymbolicLink();
        assertThat(result.files()).isEqualTo(2);
        assertThat(result.damageCount()).isZero();
        assertThat(result.errors())
                .isNotEmpty()
                .allSatisfy(error -> assertThat(error.operation()).isEqualTo(operation))
                .anySatisfy(error -> assertThat(error.path()).hasToString("d/a"));
        TreePicture picture = TreePicture.of(target);
        assertThat(picture.stat("d/a").mode()).isEqualTo(operation.equals("chmod") ? 0600 : 0640);
        if (!operation.equals("setTimes")) {
            assertThat(picture.stat("d/a").mtimeNanos()).isEqualTo(5);
            assertThat(picture.stat("d").mtimeNanos()).isEqualTo(7);
        }
        access = TargetAccess.SYSTEM;
        assertThat(restoreWhole(plan(root)).files()).isZero();
        assertTargetIsSource();
    }

    /** No right to; no number in this user namespace; no owners at all. */
    @ParameterizedTest
    @EnumSource(
            value = Errno.class,
            names = {"EPERM", "EINVAL", "EOPNOTSUPP"})
    void run_ownerThatCannotBeSet_isKeptAndSaidOnce(Errno reason) throws IOException {
        assumeTrue(EverythingThereIs.isSuperuser(), "only root may give files away");
        write("a", "1");
        Files.setAttribute(source.resolve("a"), "unix:uid", 1234);
        Files.setAttribute(source.resolve("a"), "unix:mode", 06755);
        ObjectId root = capture();
        failOn("chown", reason);

        RestoreResult result = restoreWhole(plan(root));

        assertThat(result.ownersKept()).isTrue();
        assertThat(TreePicture.of(target).stat("a").mode()).isEqualTo(0755);
        assertThat(target.resolve("a")).hasContent("1");
    }

    /** What a folder hands down to all that is made in it is not what the snapshot says of them. */
    @Test
    void run_folderOfTheTargetThatHandsDownAnAccessList_givesItToNothing() throws IOException {
        ObjectId root = captureSome();
        Files.createDirectory(target);
        try (Directory folder = Directory.open(target)) {
            folder.setXattr(RawName.of(AccessControl.DEFAULT), AccessControl.alsoReadableBy(4321));
        }

        restoreWhole(plan(root));

        assertTargetIsSource();
    }
}
