package dev.cairn.cas.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccountsTest {
    @BeforeEach
    void nativeCallsAreThere() {
        assumeTrue(Kernel.isAvailable(), "no native calls on this machine");
    }

    @Test
    void rootAndOthers_bothWays_agree() {
        assertThat(Accounts.userName(0)).isEqualTo("root");
        assertThat(Accounts.groupName(0)).isEqualTo("root");
        assertThat(Accounts.userId("root")).isZero();
        assertThat(Accounts.groupId("root")).isZero();
        for (long id = 1; id < 100; id++) {
            String user = Accounts.userName(id);
            if (user != null) {
                assertThat(Accounts.userId(user)).isEqualTo(id);
            }
            String group = Accounts.groupName(id);
            if (group != null) {
                assertThat(Accounts.groupId(group)).isEqualTo(id);
            }
        }
    }

    @Test
    void unknown_namesAndNumbers_areSaidToBe() {
        assertThat(Accounts.userName(3_999_999_999L)).isNull();
        assertThat(Accounts.groupName(3_999_999_999L)).isNull();
        assertThat(Accounts.userName(3_999_999_999L)).isNull();
        assertThat(Accounts.userId("no such user, surely")).isEqualTo(-1);
        assertThat(Accounts.groupId("no such group, surely")).isEqualTo(-1);
        assertThat(Accounts.userId("")).isEqualTo(-1);
        assertThat(Accounts.userId("root\0x")).isEqualTo(-1);
        assertThatThrownBy(() -> Accounts.userName(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Accounts.groupName(1L << 32)).isInstanceOf(IllegalArgumentException.class);
    }
}
