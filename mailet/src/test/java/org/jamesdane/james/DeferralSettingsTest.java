/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.james.queue.memory.MemoryMailQueueFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DeferralSettingsTest {
    private static final String MEMORY = MemoryMailQueueFactory.MemoryCacheableMailQueue.class.getName();
    private static final String OTHER = DelayIgnoringQueue.class.getName();

    /** The table of docs/deferred-mail.md. */
    @ParameterizedTest
    @CsvSource({
        "memory, true,  cassandra, QUEUE",
        "memory, false, file,      QUEUE",
        "other,  true,  file,      DATABASE",
        "other,  true,  cassandra, DATABASE",
        "other,  false, file,      FILES",
        "other,  false, memory,    FILES",
        "other,  false, '',        FILES",
        "other,  false, cassandra, REPOSITORY",
        "other,  false, postgres,  REPOSITORY",
    })
    void shouldChooseByQueueDatabaseAndRepositories(String queue, boolean database, String protocol, DeferralSettings.Store form) {
        assertThat(settings(Map.of()).form(queue.equals("memory") ? MEMORY : OTHER, database,
            Optional.of(protocol).filter(word -> !word.isEmpty()))).isEqualTo(form);
    }

    @ParameterizedTest
    @EnumSource(value = DeferralSettings.Store.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
    void shouldFollowWhatIsSetWhateverTheQueueIs(DeferralSettings.Store store) {
        for (String queue : List.of(MEMORY, OTHER)) {
            assertThat(settings(Map.of("deferral.store", store.toString())).form(queue, true, Optional.of("file"))).isEqualTo(store);
        }
    }

    @Test
    void shouldRefuseTheDelayOfRabbitMq() {
        String queue = "org.apache.james.queue.rabbitmq.RabbitMQMailQueue";
        assertThatThrownBy(() -> settings(Map.of("deferral.store", "queue")).form(queue, true, Optional.of("file")))
            .isInstanceOf(ConfigurationError.class).hasMessageContaining("deferral.store=queue").hasMessageContaining("database");
    }

    @Test
    void shouldRefuseADatabaseThatIsNotNamed() {
        assertThatThrownBy(() -> settings(Map.of("deferral.store", "database")).form(OTHER, false, Optional.of("file")))
            .isInstanceOf(ConfigurationError.class).hasMessageContaining("store.url").hasMessageContaining("files");
    }

    @ParameterizedTest
    @CsvSource({
        "file,      file://var/dane/deferred/outgoing",
        "cassandra, cassandra://var/dane/deferred/mail-3/outgoing",
    })
    void shouldGiveEveryServerARepositoryOfItsOwnWhereTheyAreShared(String protocol, String url) {
        assertThat(settings(Map.of("deferral.node", "mail-3")).urlFor("outgoing", Optional.of(protocol)).asString()).isEqualTo(url);
    }

    @Test
    void shouldTakeTheRepositoryThatIsSet() {
        assertThat(settings(Map.of("deferral.repository", "memory://here")).urlFor("outgoing", Optional.of("file")).asString())
            .isEqualTo("memory://here/outgoing");
    }

    @Test
    void shouldGiveEachServerItsOwnPartOfARepositoryTheyShare() {
        assertThat(settings(Map.of("deferral.repository", "cassandra://dane/deferred/", "deferral.node", "james-1"))
            .urlFor("outgoing", Optional.of("cassandra")).asString()).isEqualTo("cassandra://dane/deferred/james-1/outgoing");
    }

    @Test
    void shouldRefuseToForgetDeferredMailUnlessAskedTo() {
        assertThatThrownBy(() -> settings(Map.of()).urlFor("outgoing", Optional.of("memory"))).isInstanceOf(ConfigurationError.class)
            .hasMessageContaining("deferral.repository").hasMessageContaining("file://var/dane/deferred/");
    }

    @ParameterizedTest
    @CsvSource({"deferral.store,disk", "deferral.repository,var/dane", "deferral.node,a/b"})
    void shouldNameTheKeyTheValueAndWhatIsAllowed(String key, String value) {
        assertThatThrownBy(() -> settings(Map.of(key, value))).isInstanceOf(ConfigurationError.class)
            .hasMessageContaining(key + "=" + value);
    }

    private static DeferralSettings settings(Map<String, String> values) {
        return DeferralSettings.parse(new StrictSettings("dane.properties", values));
    }
}
