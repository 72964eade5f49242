package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.replicator.protocol.RepositoryName;
import org.junit.jupiter.api.Test;

class ScopeTest {

    private static final RepositoryName PHOTOS = new RepositoryName("home", "photos");
    private static final RepositoryName LETTERS = new RepositoryName("home", "letters");
    private static final RepositoryName OFFICE = new RepositoryName("office", "photos");

    @Test
    void covers_everything_coversAll() {
        assertThat(Scope.ALL.covers(PHOTOS)).isTrue();
        assertThat(Scope.ALL.covers(OFFICE)).isTrue();
        assertThat(Scope.ALL).hasToString("*/*");
    }

    @Test
    void covers_aTenant_coversItsRepositoriesAlone() {
        Scope tenant = new Scope("home", "");
        assertThat(tenant.covers(PHOTOS)).isTrue();
        assertThat(tenant.covers(LETTERS)).isTrue();
        assertThat(tenant.covers(OFFICE)).isFalse();
        assertThat(tenant).hasToString("home/*");
    }

    @Test
    void covers_aRepository_coversThatOneAlone() {
        Scope repository = new Scope("home", "photos");
        assertThat(repository.covers(PHOTOS)).isTrue();
        assertThat(repository.covers(LETTERS)).isFalse();
        assertThat(repository.covers(OFFICE)).isFalse();
        assertThat(repository.covers(new RepositoryName("home", "photos2"))).isFalse();
        assertThat(repository).hasToString("home/photos");
    }

    @Test
    void scope_repositoryWithoutTenant_isRefused() {
        assertThatThrownBy(() -> new Scope("", "photos"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("photos");
    }

    @Test
    void scope_whatIsNoName_isRefused() {
        for (String name : new String[] {"..", ".home", "Home", "a/b", "*", "a".repeat(65), "home\n"}) {
            assertThatThrownBy(() -> new Scope(name, ""))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("tenant");
            assertThatThrownBy(() -> new Scope("home", name))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("repository");
        }
    }
}
