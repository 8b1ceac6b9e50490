/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jamesdane.testing.peers.Asking;
import org.jamesdane.testing.peers.Chroot;
import org.jamesdane.testing.peers.RunDirectory;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** NSD, with zones signed by BIND's dnssec-signzone before it starts. */
final class Nsd implements AutoCloseable {
    private static final int TTL = 300;

    private final RunDirectory run = Chroot.of("dns").directory("nsd");
    private final String address;
    private final StringBuilder configuration = new StringBuilder();
    private final List<Zone> zones = new ArrayList<>();

    Nsd(String address) {
        this.address = address;
        run.directories("rwxr-xr-x", "keys");
        configuration.append("""
            server:
              ip-address: %2$s
              port: 53
              username: nsd
              chroot: ""
              zonesdir: "%1$s"
              database: ""
              pidfile: "%1$s/pid"
              xfrdfile: "%1$s/xfrd"
              zonelistfile: "%1$s/zonelist"
              server-count: 1
            remote-control:
              control-enable: no
            """.formatted(run.inside(""), address));
    }

    /** Signs a zone and returns its keys; none if it is not signed. */
    List<DNSKEYRecord> add(Zone zone) {
        zones.add(zone);
        run.write(zone.name(), zone.text(address));
        configuration.append("zone:\n  name: ").append(zone.name()).append("\n  zonefile: ");
        if (zone.delegation() == Zone.Delegation.UNSIGNED) {
            configuration.append(zone.name()).append('\n');
            return List.of();
        }
        configuration.append(zone.name()).append(".signed\n");
        String key = run.run("dnssec-keygen", "-q", "-a", "RSASHA256", "-b", "2048", "-f", "KSK", "-K", run.inside("keys"), zone.name())
            .strip();
        List<String> command = new ArrayList<>(List.of("dnssec-signzone", "-q", "-S", "-z", "-K", run.inside("keys"), "-d",
            run.inside("keys"), "-o", zone.name(), "-f", run.inside(zone.name() + ".signed")));
        if (zone.optsOut()) {
            command.addAll(List.of("-3", "-", "-H", "0", "-A"));
        }
        if (zone.delegation() == Zone.Delegation.EXPIRED) {
            command.addAll(List.of("-P", "-s", "now-30d", "-e", "now-10d"));
        }
        command.add(run.inside(zone.name()));
        run.run(command.toArray(String[]::new));
        return read(run.outside("keys/" + key + ".key"));
    }

    void start() {
        run.write("nsd.conf", configuration.toString()).give(run.chroot().user("nsd"));
        run.start("nsd", "-d", "-c", run.inside("nsd.conf"));
        for (Zone zone : zones) {
            Asking.patiently(address, DnsTree.name(zone), Type.SOA, run::output);
        }
    }

    private static List<DNSKEYRecord> read(Path file) {
        List<DNSKEYRecord> keys = new ArrayList<>();
        try (Master master = new Master(Files.newInputStream(file), Name.root, TTL)) {
            for (Record record = master.nextRecord(); record != null; record = master.nextRecord()) {
                if (record instanceof DNSKEYRecord key) {
                    keys.add(key);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return keys;
    }

    @Override
    public void close() {
        run.close();
    }
}
