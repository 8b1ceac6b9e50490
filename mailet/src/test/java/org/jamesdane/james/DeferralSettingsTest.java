/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.james.mailrepository.api.MailRepositoryUrl;
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
            assertThat(settings(Map.of("deferral.store", store.toString())).form(queue, true, Optional.of("cassandra"))).isEqualTo(store);
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

    @Test
    void shouldTakeFilesForARepositoryInFiles() {
        assertThat(settings(Map.of("deferral.store", "repository")).form(OTHER, true, Optional.of("file")))
            .isEqualTo(DeferralSettings.Store.FILES);
        assertThat(settings(Map.of("deferral.store", "repository", "deferral.repository", "file://var/dane/deferred/"))
            .form(OTHER, true, Optional.of("cassandra"))).isEqualTo(DeferralSettings.Store.FILES);
        assertThat(settings(Map.of("deferral.repository", "cassandra://var/dane/deferred/")).form(OTHER, false, Optional.of("memory")))
            .isEqualTo(DeferralSettings.Store.REPOSITORY);
    }

    /** Two servers once shared a repository that was set, and doubled each other's mail. */
    @ParameterizedTest
    @CsvSource({
        "'',                           cassandra://var/dane/deferred/mail-3/outgoing",
        "memory://here,                memory://here/mail-3/outgoing",
        "cassandra://dane/deferred/,   cassandra://dane/deferred/mail-3/outgoing",
    })
    void shouldNameTheServerInEveryRepository(String set, String url) {
        assertThat(settings(Map.of("deferral.node", "mail-3", "deferral.repository", set)).urlFor("outgoing", Optional.of("cassandra"))
            .asString()).isEqualTo(url);
    }

    @Test
    void shouldNameTheServerByItsHostNameWithoutASetting() throws Exception {
        assertThat(settings(Map.of("deferral.repository", "memory://here")).urlFor("outgoing", Optional.of("file")).asString())
            .isEqualTo("memory://here/" + InetAddress.getLocalHost().getHostName() + "/outgoing");
    }

    @Test
    void shouldRefuseAnEmptyNameOfTheServer() {
        assertThatThrownBy(() -> settings(Map.of("deferral.node", " "))).isInstanceOf(ConfigurationError.class)
            .hasMessageContaining("deferral.node").hasMessageContaining("empty");
    }

    @Test
    void shouldKnowWhereEarlierVersionsKeptFiles() {
        assertThat(settings(Map.of("deferral.node", "n")).formerFiles("outgoing")).extracting(MailRepositoryUrl::asString)
            .containsExactly("file://var/dane/deferred/outgoing", "file://var/dane/deferred/n/outgoing");
        assertThat(settings(Map.of("deferral.node", "n", "deferral.repository", "file://var/mail")).formerFiles("outgoing"))
            .extracting(MailRepositoryUrl::asString)
            .containsExactly("file://var/dane/deferred/outgoing", "file://var/dane/deferred/n/outgoing", "file://var/mail/outgoing",
                "file://var/mail/n/outgoing");
    }

    @Test
    void shouldRefuseToForgetDeferredMailUnlessAskedTo() {
        assertThatThrownBy(() -> settings(Map.of()).urlFor("outgoing", Optional.of("memory"))).isInstanceOf(ConfigurationError.class)
            .hasMessageContaining("deferral.repository").hasMessageContaining("files");
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
