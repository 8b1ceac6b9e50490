/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;

import org.apache.james.queue.memory.MemoryMailQueueFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeferralSettingsTest {
    @Test
    void shouldTrustTheDelayOfTheMemoryQueueAndOfNoQueueItDoesNotKnow() {
        assertThat(settings(Map.of()).inQueue(MemoryMailQueueFactory.MemoryCacheableMailQueue.class)).isTrue();
        assertThat(settings(Map.of()).inQueue(DelayIgnoringQueue.class)).isFalse();
    }

    @Test
    void shouldFollowWhatIsSetWhateverTheQueueIs() {
        assertThat(settings(Map.of("deferral.store", "queue")).inQueue(DelayIgnoringQueue.class)).isTrue();
        assertThat(settings(Map.of("deferral.store", "repository")).inQueue(MemoryMailQueueFactory.MemoryCacheableMailQueue.class))
            .isFalse();
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
