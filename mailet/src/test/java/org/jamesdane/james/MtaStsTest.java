/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.sts.StsSearch;
import org.jamesdane.delivery.sts.StsWorld;
import org.jamesdane.dns.RecordType;
import org.jamesdane.mtasts.PolicyFetch;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.store.SettingKind;
import org.jamesdane.store.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts of a server whose policies are kept in files. */
class MtaStsTest {
    private final Path directory;
    private final FakeDns dns = FakeDns.unsigned().txt(StsWorld.TXT, "v=STSv1; id=1");
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private PolicyFetch served = StsWorld.policy("enforce", "mx.example.com");

    MtaStsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @AfterEach
    void stop() {
        timer.shutdown();
    }

    /** Starts the server, searches once the policies are read, and stops it. */
    private StsDiscovery run() throws Exception {
        MtaSts.Settings settings = new MtaSts.Settings(StsDemand.Use.ENFORCE, false, Authorities.NONE, Duration.ofSeconds(15), 10);
        try (Stores stores = new Stores(new Stores.Location(directory, Optional.empty()), Policy.DANE, Clock.systemUTC(), "run");
                MtaSts sts = new MtaSts(settings, stores.stsPolicies(100), (domain, purpose) -> served,
                    new MtaSts.Means(dns, name -> { }, Clock.systemUTC(), new Random(1), timer))) {
            stores.start();
            // The store answers one question after the other.
            assertThat(stores.settings().history(SettingKind.POLICY, Optional.empty())).isEmpty();
            StsSearch search = sts.terms().source().begin(StsWorld.DOMAIN);
            search.whole().get(20, TimeUnit.SECONDS);
            sts.tick();
            assertThat(sts.problems()).isEmpty();
            return search.present();
        }
    }

    private static List<String> modes(StsDiscovery... discoveries) {
        List<String> modes = new ArrayList<>();
        for (StsDiscovery discovery : discoveries) {
            modes.add(discovery instanceof StsDiscovery.Found found ? found.kept().policy().mode().toString() : discovery.toString());
        }
        return modes;
    }

    @Test
    void shouldKeepAPolicyOverARestartWhenAllIsBlocked() throws Exception {
        StsDiscovery first = run();
        served = StsWorld.failing();
        dns.missing(StsWorld.TXT, RecordType.TXT);

        assertThat(modes(first, run(), run())).containsExactly("enforce", "enforce", "enforce");
    }

    @Test
    void shouldKeepAPolicyOverARestartWhenTheIdChanges() throws Exception {
        StsDiscovery first = run();
        served = StsWorld.failing();
        dns.txt(StsWorld.TXT, "v=STSv1; id=2");

        assertThat(modes(first, run())).containsExactly("enforce", "enforce");
    }
}
