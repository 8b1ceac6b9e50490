/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.sts.StsWorld;
import org.jamesdane.dns.RecordType;
import org.jamesdane.mtasts.PolicyFetch;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.mtasts.StsDiscovery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts of a server whose policies are kept in files. */
class MtaStsTest {
    private final Path directory;
    private final FakeDns dns = FakeDns.unsigned().txt(StsWorld.TXT, "v=STSv1; id=1");
    private PolicyFetch served = StsWorld.policy("enforce", "mx.example.com");
    private int fetches;

    MtaStsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private StsServer server(StsDemand.Use use) {
        return new StsServer(directory, dns, use, (domain, purpose) -> {
            fetches++;
            return served;
        });
    }

    /** Starts the server, searches once the policies are read, and stops it. */
    private StsDiscovery run() throws Exception {
        try (StsServer server = server(StsDemand.Use.ENFORCE)) {
            StsDiscovery found = server.search();
            assertThat(server.sts().problems()).isEmpty();
            return found;
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

    @Test
    void shouldForgetAPolicyOverARestartWhenAnOperatorSaysSo() throws Exception {
        run();
        served = StsWorld.failing();
        try (StsServer server = server(StsDemand.Use.ENFORCE)) {
            assertThat(server.search()).isInstanceOf(StsDiscovery.Found.class);
            assertThat(server.sts().forget(StsWorld.DOMAIN)).isEqualTo(MtaSts.Forgetting.FORGOTTEN);
            assertThat(server.sts().inForce()).isEmpty();
            assertThat(server.sts().inForce(StsWorld.DOMAIN)).isEmpty();
        }

        assertThat(run()).isInstanceOf(StsDiscovery.None.class);
    }

    @Test
    void shouldHoldWhenThePoliciesCantBeRead() throws Exception {
        run();
        for (Path copy : List.of(directory, directory.resolve("last-known"))) {
            Files.writeString(copy.resolve("mta-sts-policies.jsonl"), "{\"version\":9}\n");
        }

        try (StsServer server = server(StsDemand.Use.ENFORCE); StsServer off = server(StsDemand.Use.OFF)) {
            assertThat(server.search()).isInstanceOf(StsDiscovery.Unreadable.class);
            assertThat(server.sts().isHolding()).isTrue();
            assertThat(server.sts().problems()).singleElement().asString().contains("the MTA-STS policies can't be read");
            assertThat(off.sts().isHolding()).isFalse();
            assertThat(off.sts().problems()).isEmpty();
        }
    }

    @Test
    void shouldAskNobodyWhenItIsSwitchedOff() throws Exception {
        try (StsServer server = server(StsDemand.Use.OFF)) {
            server.sts().tick();
            assertThat(server.sts().terms().use()).isEqualTo(StsDemand.Use.OFF);
        }
        assertThat(fetches).isZero();
    }
}
