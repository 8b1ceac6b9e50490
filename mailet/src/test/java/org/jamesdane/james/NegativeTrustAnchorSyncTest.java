/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.dns.validating.ValidatorConfig;
import org.jamesdane.store.Setting;
import org.jamesdane.store.SettingChange;
import org.jamesdane.store.SettingKind;
import org.jamesdane.store.Stores;
import org.jamesdane.testing.dns.Signatures;
import org.jamesdane.testing.dns.SignedDns;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RFC 7646. */
class NegativeTrustAnchorSyncTest {
    private static final String BROKEN = "broken.example";

    private final Path directory;
    private final SignedDns world = SignedDns.world().zone(BROKEN).signatures(Signatures.EXPIRED).a("mx", "127.0.0.2").world().start();
    private final ValidatingDns dns;
    private Stores stores;

    NegativeTrustAnchorSyncTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        this.dns = ValidatingDns.create(ValidatorConfig.builder().upstreams(List.of(world.address())).trustAnchorFile(
            Files.writeString(directory.resolve("anchors"), world.trustAnchor())).build(), Clock.systemUTC(), new SecureRandom());
        // What a test does to the servers afterwards is not done to the self-test.
        dns.firstSelfTest().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
        this.stores = open("here");
    }

    private Stores open(String run) {
        Stores opened = new Stores(new Stores.Location(directory, Optional.empty()), Policy.DANE, Clock.systemUTC(), run);
        NegativeTrustAnchorSync.between(opened.settings(), dns);
        opened.start();
        return opened;
    }

    @AfterEach
    void close() {
        stores.close();
        dns.close();
        world.close();
    }

    private void set() throws Exception {
        Instant now = Instant.now();
        stores.settings().put(new Setting(SettingKind.NEGATIVE_TRUST_ANCHOR, BROKEN, "", "their roll-over went wrong", "ops",
            Optional.of(now.plus(Duration.ofDays(1))), now));
    }

    private Lookup<?> lookup() {
        return dns.lookup(DomainName.of("mx." + BROKEN), RecordType.A).toCompletableFuture().join();
    }

    @Test
    void shouldTakeAZoneAsInsecureWhileItsAnchorIsSet() throws Exception {
        assertThat(lookup()).isInstanceOf(Lookup.Failed.class);

        set();
        assertThat(lookup()).as("what was cached below is forgotten").isInstanceOf(Lookup.Found.class);
        assertThat(stores.settings().remove(SettingKind.NEGATIVE_TRUST_ANCHOR, BROKEN)).isTrue();

        assertThat(dns.negativeTrustAnchors()).isEmpty();
        assertThat(lookup()).isInstanceOf(Lookup.Failed.class);
    }

    @Test
    void shouldForgetAnAnchorWhoseZoneValidatesAgain() throws Exception {
        set();
        dns.tryNegativeTrustAnchors().toCompletableFuture().join();
        assertThat(stores.settings().entries(SettingKind.NEGATIVE_TRUST_ANCHOR)).as("it is still broken").hasSize(1);

        world.zone(BROKEN).signatures(Signatures.VALID);
        dns.tryNegativeTrustAnchors().toCompletableFuture().join();

        assertThat(stores.settings().entries(SettingKind.NEGATIVE_TRUST_ANCHOR)).isEmpty();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() ->
            assertThat(stores.settings().history(SettingKind.NEGATIVE_TRUST_ANCHOR, Optional.empty())).extracting(SettingChange::action)
                .containsExactly(SettingChange.Action.SET, SettingChange.Action.RECOVERED));
    }

    @Test
    void shouldTakeUpAgainAfterARestartWhatIsStored() throws Exception {
        set();
        stores.close();
        dns.removeNegativeTrustAnchor(DomainName.of(BROKEN));

        stores = open("again");

        assertThat(dns.negativeTrustAnchors()).hasSize(1);
        assertThat(lookup()).isInstanceOf(Lookup.Found.class);
    }
}
