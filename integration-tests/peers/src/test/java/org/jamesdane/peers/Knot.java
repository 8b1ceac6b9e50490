/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.util.ArrayList;
import java.util.List;

import org.jamesdane.testing.peers.Asking;
import org.jamesdane.testing.peers.Chroot;
import org.jamesdane.testing.peers.RunDirectory;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Knot DNS with automatic keys and signing, one process for the zones of one level. */
final class Knot implements AutoCloseable {
    private final RunDirectory run = Chroot.of("dns").directory("knot");
    private final String address;

    Knot(String address, List<Zone> zones) {
        this.address = address;
        run.directories("rwxr-xr-x", "db");
        StringBuilder text = new StringBuilder(configuration());
        for (Zone zone : zones) {
            String file = zone.name().isEmpty() ? "root" : zone.name();
            run.write(file + ".zone", zone.text(address));
            text.append("- domain: ").append(zone.name()).append(".\n  file: ").append(run.inside(file + ".zone")).append('\n');
            if (zone.delegation() != Zone.Delegation.UNSIGNED) {
                text.append("  dnssec-signing: on\n  dnssec-policy: ").append(zone.optsOut() ? "optout" : policyOf(zone)).append('\n');
            }
        }
        run.write("knot.conf", text.toString()).give(run.chroot().user("knot"));
        run.start("knotd", "-c", run.inside("knot.conf"));
    }

    /** The published keys, once the zone is served. */
    List<DNSKEYRecord> keys(Zone zone) {
        List<DNSKEYRecord> keys = new ArrayList<>();
        for (Record record : Asking.patiently(address, DnsTree.name(zone), Type.DNSKEY, run::output)) {
            if (record instanceof DNSKEYRecord key) {
                keys.add(key);
            }
        }
        return keys;
    }

    /** Both forms of denial are met: NSEC and NSEC3, by the length of the name. */
    private static String policyOf(Zone zone) {
        return zone.name().length() % 2 == 0 ? "nsec" : "nsec3";
    }

    private String configuration() {
        return """
            server:
              rundir: %1$s
              user: knot:knot
              listen: %2$s@53
              pidfile: %1$s/pid
            control:
              listen: %1$s/control
            log:
            - target: stdout
              any: info
            database:
              storage: %1$s/db
            policy:
            - id: nsec
              algorithm: ECDSAP256SHA256
              single-type-signing: on
            - id: nsec3
              algorithm: ECDSAP256SHA256
              nsec3: on
              nsec3-iterations: 0
              nsec3-salt-length: 0
            - id: optout
              algorithm: ECDSAP256SHA256
              single-type-signing: on
              nsec3: on
              nsec3-opt-out: on
              nsec3-iterations: 0
              nsec3-salt-length: 0
            template:
            - id: default
              zonefile-sync: -1
              journal-content: none
            zone:
            """.formatted(run.inside(""), address);
    }

    @Override
    public void close() {
        run.close();
    }
}
