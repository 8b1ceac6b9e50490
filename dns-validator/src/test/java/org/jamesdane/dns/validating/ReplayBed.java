/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jamesdane.testing.dns.Denial;
import org.jamesdane.testing.dns.KeyAlgorithm;
import org.jamesdane.testing.dns.Records;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.xbill.DNS.Record;

/** World of signed zones, and an attacker who can replay anything that was ever signed, and sign nothing. */
abstract class ReplayBed {
    static final String ZONE = "zone.example";
    static final String CHILD = "child.zone.example";
    static final String BOGUS = "failed BOGUS";

    final SignedWorld world = SignedDns.world().algorithm(KeyAlgorithm.RSASHA256);
    final Attack attack = new Attack();
    @Nullable Lab lab;

    @AfterEach
    void stop() {
        if (lab != null) {
            lab.close();
        }
    }

    String ask(String name, String type) {
        if (lab == null) {
            lab = Lab.of(world);
            lab.dns().rewrite(attack);
        }
        return lab.ask(name, type);
    }

    void forget() {
        lab = Objects.requireNonNull(lab).fresh();
    }

    static Stream<Denial> denials() {
        return Stream.of(Denial.nsec(), Denial.nsec3(0, ""), Denial.nsec3(2, "cafe"));
    }

    SignedZone zone(Denial denial) {
        return world.zone(ZONE).denial(denial);
    }

    List<Record> denial(String name) {
        return world.denial(ZONE, name, "TLSA");
    }

    /** The NSEC or NSEC3 that belongs to an existing name. */
    List<Record> match(String name) {
        return Attack.proofs(denial(name));
    }

    List<Record> soa() {
        return world.signed(ZONE, "@", "SOA");
    }

    /** Every NSEC or NSEC3 of the zone. */
    List<Record> chain() {
        String file = world.zoneFiles().getOrDefault(ZONE + ".", "");
        return Attack.proofs(Records.parseLines(file));
    }
}
