/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import static org.jamesdane.peers.Listener.Software.EXIM;
import static org.jamesdane.peers.Listener.Software.OPENSMTPD;
import static org.jamesdane.peers.Listener.Software.POSTFIX;
import static org.jamesdane.peers.Verdict.Word.BOUNCED;
import static org.jamesdane.peers.Verdict.Word.CLEAR;
import static org.jamesdane.peers.Verdict.Word.DEFERRED;
import static org.jamesdane.peers.Verdict.Word.ENCRYPTED;
import static org.jamesdane.peers.Verdict.Word.HOST_AUTHENTICATED;
import static org.jamesdane.peers.Verdict.Word.VERIFIED;

import org.jamesdane.peers.Listener.Software;
import org.jamesdane.peers.Zone.Delegation;
import org.jamesdane.testing.pki.Association;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;

/**
 * All destinations. What is expected follows from the sections named; {@code example} is served by Knot, {@code test} by NSD, and
 * {@code optout} is a top-level domain whose NSEC3 records opt out.
 */
final class Catalogue {
    private static final String TLSA = "_25._tcp.mx";
    private static final int LARGE = 70;

    private final World world = new World();
    private final Authority root = TestPki.authority("Peers Root");
    private final Authority issuer = root.intermediate("Peers Issuer");

    private Catalogue() {
    }

    /**
     * The world of all destinations.
     *
     * @param ipv6 whether this system has the IPv6 addresses that are needed
     */
    static World world(boolean ipv6) {
        Catalogue catalogue = new Catalogue();
        catalogue.world.zone("example");
        catalogue.world.zone("test");
        catalogue.world.zone("optout").optOut();
        for (Software software : Software.values()) {
            catalogue.withEach(software);
            if (ipv6) {
                catalogue.overIpv6(software);
            }
        }
        catalogue.records();
        catalogue.unusableRecords();
        catalogue.withoutRecords();
        catalogue.brokenDnssec();
        catalogue.insecureMx();
        catalogue.aliases();
        catalogue.routes();
        return catalogue.world;
    }

    private void withEach(Software software) {
        String of = "-" + software.word() + ".example";
        Credential own = self("mx.ee" + of);
        // RFC 7672 §3.1.1
        taken("ee" + of, "3 1 1 matches", VERIFIED, software, own, ee(own));
        refused("ee-wrong" + of, "3 1 1 of another key", software, self("mx.ee-wrong" + of), ee(self("other.ee-wrong" + of)));
        // RFC 7672 §3.1.2, §3.2
        taken("ta" + of, "2 0 1 matches, chain complete", VERIFIED, software, issuer.leaf("mx.ta" + of).issue(), ta(0, 1));
        refused("ta-name" + of, "2 0 1 matches, certificate for another name", software, issuer.leaf("mx.elsewhere.example").issue(),
            ta(0, 1));
        refused("ta-expired" + of, "2 0 1 matches, leaf expired", software, issuer.leaf("mx.ta-expired" + of).expired().issue(), ta(0, 1));
        // RFC 7672 §2.2: usable records and no STARTTLS
        zone("no-starttls" + of, world.hostWithoutTls(software)).tlsa(TLSA, ee(own));
        world.refused("no-starttls" + of, "3 1 1, but STARTTLS is not offered", DEFERRED);
    }

    private void overIpv6(Software software) {
        String of = "-" + software.word() + ".example";
        Credential own = self("mx.ee6" + of);
        zone("ee6" + of, world.host6(software, own)).tlsa(TLSA, ee(own));
        world.taken("ee6" + of, "IPv6: 3 1 1 matches", VERIFIED, software);
        zone("ee6-wrong" + of, world.host6(software, own)).tlsa(TLSA, ee(self("other.ee6-wrong" + of)));
        world.refused("ee6-wrong" + of, "IPv6: 3 1 1 of another key", DEFERRED);
        zone("ta6" + of, world.host6(software, issuer.leaf("mx.ta6" + of).issue())).tlsa(TLSA, ta(0, 1));
        world.taken("ta6" + of, "IPv6: 2 0 1 matches, chain complete", VERIFIED, software);
        zone("ta6-name" + of, world.host6(software, issuer.leaf("mx.elsewhere.example").issue())).tlsa(TLSA, ta(0, 1));
        world.refused("ta6-name" + of, "IPv6: 2 0 1 matches, certificate for another name", DEFERRED);
    }

    private void records() {
        // RFC 7672 §3.1.1: neither names nor dates count
        Credential old = TestPki.selfSigned("mx.elsewhere.example").expired().issue();
        taken("ee-any.example", "3 1 1 matches, certificate expired, for another name", VERIFIED, POSTFIX, old, ee(old));
        Credential own = self("mx.ee-cert.example");
        taken("ee-cert.example", "3 0 1 matches", VERIFIED, EXIM, own, own.association(3, 0, 1));
        taken("ee-full.example", "3 0 0 matches", VERIFIED, POSTFIX, own, own.association(3, 0, 0));
        taken("ee-512.example", "3 1 2 matches", VERIFIED, OPENSMTPD, own, own.association(3, 1, 2));
        taken("ta-key.example", "2 1 1 matches", VERIFIED, EXIM, issuer.leaf("mx.ta-key.example").issue(), ta(1, 1));
        taken("ta-intermediate.example", "2 0 1 of the intermediate, root not shown", VERIFIED, POSTFIX,
            issuer.leaf("mx.ta-intermediate.example").issue().withoutRoot(), Association.of(2, 0, 1, issuer.certificate()));
        // RFC 7671 §5.2.2: the digest of an anchor that is not shown matches nothing; a whole one (§5.2.1) is in the record
        refused("ta-not-shown.example", "2 0 1 of a root that is not shown", POSTFIX,
            issuer.leaf("mx.ta-not-shown.example").issue().withoutRoot(), ta(0, 1));
        taken("ta-full.example", "2 0 0 of a root that is not shown", VERIFIED, POSTFIX,
            issuer.leaf("mx.ta-full.example").issue().withoutRoot(), ta(0, 0));
        // RFC 7672 §3.2.2: the next-hop domain is a reference identifier, too
        taken("ta-next-hop.example", "2 0 1 matches, certificate for the domain", VERIFIED, EXIM,
            issuer.leaf("ta-next-hop.example").issue(), ta(0, 1));
        // RFC 7671 §8.1
        taken("rollover.example", "3 1 1 of the old and of the new key", VERIFIED, OPENSMTPD, own, ee(self("old.example")), ee(own));
        zone("wildcard.example", world.host(EXIM, own)).tlsa("*._tcp.mx", ee(own));
        world.taken("wildcard.example", "3 1 1 at *._tcp", VERIFIED, EXIM);
        // RFC 7671 §9
        refused("agility-wrong.example", "3 1 2 wrong, 3 1 1 right: the stronger counts", EXIM, own,
            own.association(3, 1, 2).mismatching(), ee(own));
        taken("agility.example", "3 1 2 right, 3 1 1 wrong: the stronger counts", VERIFIED, EXIM, own, own.association(3, 1, 2),
            ee(own).mismatching());
        Zone large = zone("large.example", world.host(POSTFIX, own)).tlsa(TLSA, ee(own));
        for (int i = 0; i < LARGE; i++) {
            large.tlsa(TLSA, new Association(3, 1, 1, String.format("%064x", i)));
        }
        world.taken("large.example", "71 records, an answer for TCP", VERIFIED, POSTFIX);
        zone("tlsa-alias.example", world.host(OPENSMTPD, own)).cname(TLSA, "shared.tlsa-alias.example").tlsa("shared", ee(own));
        world.taken("tlsa-alias.example", "3 1 1 behind a CNAME of the TLSA name", VERIFIED, OPENSMTPD);
        Credential signed = self("mx.signed.optout");
        taken("signed.optout", "signed domain below an NSEC3 opt-out", VERIFIED, POSTFIX, signed, ee(signed));
        Credential nsd = self("mx.signed.test");
        taken("signed.test", "signed with RSA, on NSD", VERIFIED, EXIM, nsd, ee(nsd));
    }

    private void unusableRecords() {
        Credential own = self("mx.unusable.example");
        // RFC 7672 §3.1.3, §2.2: PKIX-TA(0) and PKIX-EE(1) are unusable; TLS is required all the same
        taken("unusable.example", "0 0 1 and 1 1 1 only", ENCRYPTED, EXIM, own, own.association(0, 0, 1), own.association(1, 1, 1));
        taken("unknown.example", "4 1 1 and 3 2 1 and 3 1 9 only", ENCRYPTED, POSTFIX, own, ee(own, 4, 1, 1), ee(own, 3, 2, 1),
            ee(own, 3, 1, 9));
        taken("short.example", "3 1 1 with a digest too short", ENCRYPTED, OPENSMTPD, own, new Association(3, 1, 1, "00ff"));
        taken("mixed.example", "1 1 1, and 3 1 1 matches", VERIFIED, OPENSMTPD, own, own.association(1, 1, 1).mismatching(), ee(own));
        zone("unusable-clear.example", world.hostWithoutTls(POSTFIX)).tlsa(TLSA, own.association(1, 1, 1));
        world.refused("unusable-clear.example", "1 1 1 only, and STARTTLS is not offered", DEFERRED);
    }

    private void withoutRecords() {
        // RFC 7672 §2.2: opportunistic
        taken("plain.example", "signed, without TLSA", ENCRYPTED, OPENSMTPD, self("mx.plain.example"));
        zone("clear.example", world.hostWithoutTls(EXIM));
        world.taken("clear.example", "signed, without TLSA, STARTTLS not offered", CLEAR, EXIM);
        unsigned("unsigned.test", POSTFIX);
        world.taken("unsigned.test", "unsigned", ENCRYPTED, POSTFIX);
        zone("unsigned-clear.test", world.hostWithoutTls(OPENSMTPD)).delegated(Delegation.UNSIGNED);
        world.taken("unsigned-clear.test", "unsigned, STARTTLS not offered", CLEAR, OPENSMTPD);
        unsigned("unsigned-tlsa.test", EXIM).tlsa(TLSA, ee(self("other.example")));
        world.taken("unsigned-tlsa.test", "unsigned, TLSA of another key", ENCRYPTED, EXIM);
        unsigned("unsigned.optout", EXIM);
        world.taken("unsigned.optout", "unsigned below an NSEC3 opt-out", ENCRYPTED, EXIM);
        unsigned("unsigned.example", OPENSMTPD);
        world.taken("unsigned.example", "unsigned below a signed domain", ENCRYPTED, OPENSMTPD);
    }

    private void brokenDnssec() {
        Credential own = self("mx.bogus.example");
        // RFC 7672 §2.1.1
        zone("bogus.example", world.host(POSTFIX, own)).tlsa(TLSA, ee(own)).delegated(Delegation.WRONG_DS);
        world.refused("bogus.example", "the parent names another key", DEFERRED);
        zone("expired.test", world.host(EXIM, own)).tlsa(TLSA, ee(own)).delegated(Delegation.EXPIRED);
        world.refused("expired.test", "all signatures are over", DEFERRED);
        zone("bogus-tlsa.example", world.host(EXIM, own));
        world.zone("_tcp.mx.bogus-tlsa.example").tlsa("_25", ee(own)).delegated(Delegation.WRONG_DS);
        world.refused("bogus-tlsa.example", "TLSA in a zone with another key", DEFERRED);
        zone("lame-tlsa.example", world.host(OPENSMTPD, own));
        world.zone("_tcp.mx.lame-tlsa.example").delegated(Delegation.LAME);
        world.refused("lame-tlsa.example", "TLSA in a zone that its server does not have", DEFERRED);
        world.zone("bogus-host.example").delegated(Delegation.WRONG_DS).address("mx", world.host(OPENSMTPD, own)).tlsa(TLSA, ee(own));
        world.zone("bogus-mx.example").mx(10, "mx.bogus-host.example");
        world.refused("bogus-mx.example", "MX host in a zone with another key", DEFERRED);
        unsigned("unsigned-tlsa-below.example", EXIM).delegated(Delegation.SECURE);
        world.zone("_tcp.mx.unsigned-tlsa-below.example").tlsa("_25", ee(self("other.example"))).delegated(Delegation.UNSIGNED);
        world.taken("unsigned-tlsa-below.example", "TLSA of another key in an unsigned zone", ENCRYPTED, EXIM);
    }

    private void insecureMx() {
        // RFC 7672 §2.2.1
        insecureMx("insecure-mx.test", "ee-postfix.example");
        world.taken("insecure-mx.test", "unsigned MX, 3 1 1 of the host matches", HOST_AUTHENTICATED, POSTFIX);
        insecureMx("insecure-mx-wrong.test", "ee-wrong-exim.example");
        world.refused("insecure-mx-wrong.test", "unsigned MX, 3 1 1 of another key", DEFERRED);
        // RFC 7672 §3.2.2: without a secure MX the next-hop domain is no reference identifier
        zone("insecure-mx-host.example", world.host(POSTFIX, issuer.leaf("insecure-mx-name.test").issue())).tlsa(TLSA, ta(0, 1));
        insecureMx("insecure-mx-name.test", "insecure-mx-host.example");
        world.refused("insecure-mx-name.test", "unsigned MX, 2 0 1, certificate for the domain", DEFERRED);
    }

    private void aliases() {
        Credential own = self("mx.alias.example");
        // RFC 7672 §2.2.3
        world.zone("alias.example").mx(10, "mx.alias.example").cname("mx", "mx.alias-target.example");
        world.zone("alias-target.example").address("mx", world.host(EXIM, own)).tlsa(TLSA, ee(own));
        world.taken("alias.example", "MX host is an alias, TLSA at its target", VERIFIED, EXIM);
        world.zone("alias-first.example").mx(10, "mx.alias-first.example").cname("mx", "host.alias-first.example")
            .address("host", world.host(POSTFIX, own)).tlsa(TLSA, ee(own));
        world.taken("alias-first.example", "MX host is an alias, TLSA at the alias", VERIFIED, POSTFIX);
        world.zone("alias-out.example").mx(10, "mx.alias-out.example").cname("mx", "mx.alias-out.test").tlsa(TLSA, ee(own));
        world.zone("alias-out.test").delegated(Delegation.UNSIGNED).address("mx", world.host(OPENSMTPD, own));
        world.taken("alias-out.example", "MX host is an alias to an unsigned zone, TLSA at the alias", VERIFIED, OPENSMTPD);
        world.zone("alias-in.test").delegated(Delegation.UNSIGNED).mx(10, "mx.alias-in.test").cname("mx", "mx.alias-target.example");
        // RFC 7672 §2.2.2: the addresses are insecure, since the alias is
        world.taken("alias-in.test", "unsigned alias to a host with 3 1 1", ENCRYPTED, EXIM);
        world.zone("next-hop-alias.example").cname("mail", "ta-exim.example");
        world.taken("mail.next-hop-alias.example", "domain is an alias of one with MX and 2 0 1", VERIFIED, EXIM);
        world.zone("dname.example").record("old", "DNAME", "new.dname.example.").mx(10, "mx.dname.example")
            .record("a.new", "MX", "10 mx.dname.example.").address("mx", world.host(POSTFIX, own)).tlsa(TLSA, ee(own));
        world.taken("a.old.dname.example", "domain below a DNAME", VERIFIED, POSTFIX);
    }

    private void routes() {
        Credential own = self("implicit.example");
        // RFC 7672 §2.2.1: no MX records
        world.zone("implicit.example").address("@", world.host(POSTFIX, own)).tlsa("_25._tcp", ee(own));
        world.taken("implicit.example", "no MX records, 3 1 1 of the domain", VERIFIED, POSTFIX);
        world.zone("implicit-wrong.example").address("@", world.host(EXIM, own)).tlsa("_25._tcp", ee(self("other.example")));
        world.refused("implicit-wrong.example", "no MX records, 3 1 1 of another key", DEFERRED);
        world.zone("implicit-alias.example").cname("mail", "host.implicit-alias.example")
            .address("host", world.host(EXIM, issuer.leaf("mail.implicit-alias.example").issue())).tlsa("_25._tcp.host", ta(0, 1));
        world.taken("mail.implicit-alias.example", "no MX records, domain is an alias, 2 0 1, certificate for the domain", VERIFIED, EXIM);
        // RFC 7505
        world.zone("null.example").record("@", "MX", "0 .");
        world.refused("null.example", "null MX", BOUNCED);
        world.refused("nothing.example", "no such domain", BOUNCED);
        world.zone("two.example").mx(10, "mx1.two.example").mx(20, "mx2.two.example")
            .address("mx1", world.host(POSTFIX, own)).tlsa("_25._tcp.mx1", ee(self("other.example")))
            .address("mx2", world.host(EXIM, own)).tlsa("_25._tcp.mx2", ee(own));
        world.taken("two.example", "two MX hosts, the first does not match", VERIFIED, EXIM);
        world.zone("two-dead.example").mx(10, "mx1.two-dead.example").mx(20, "mx2.two-dead.example").address("mx1", "127.25.8.8")
            .address("mx2", world.host(OPENSMTPD, own)).tlsa("_25._tcp.mx2", ee(own));
        world.taken("two-dead.example", "two MX hosts, the first is down", VERIFIED, OPENSMTPD);
        world.zone("two-plain.example").mx(10, "mx1.two-plain.example").mx(20, "mx2.two-plain.example")
            .address("mx1", world.host(OPENSMTPD, own)).tlsa("_25._tcp.mx1", ee(self("other.example")))
            .address("mx2", world.hostWithoutTls(POSTFIX));
        world.taken("two-plain.example", "two MX hosts, the first does not match, the second has no TLSA", CLEAR, POSTFIX);
    }

    private void taken(String domain, String story, Verdict.Word expected, Software software, Credential shown, Association... records) {
        at(zone(domain, world.host(software, shown)), records);
        world.taken(domain, story, expected, software);
    }

    private void refused(String domain, String story, Software software, Credential shown, Association... records) {
        at(zone(domain, world.host(software, shown)), records);
        world.refused(domain, story, DEFERRED);
    }

    private static void at(Zone zone, Association... records) {
        for (Association record : records) {
            zone.tlsa(TLSA, record);
        }
    }

    private Zone zone(String domain, String address) {
        return world.zone(domain).mx(10, "mx." + domain).address("mx", address);
    }

    private Zone unsigned(String domain, Software software) {
        return zone(domain, world.host(software, self("mx." + domain))).delegated(Delegation.UNSIGNED);
    }

    private void insecureMx(String domain, String hostZone) {
        world.zone(domain).delegated(Delegation.UNSIGNED).mx(10, "mx." + hostZone);
    }

    private static Credential self(String name) {
        return TestPki.selfSigned(name).issue();
    }

    private static Association ee(Credential credential) {
        return credential.association(3, 1, 1);
    }

    /** A record with numbers that nobody has given a meaning. */
    private static Association ee(Credential credential, int usage, int selector, int matchingType) {
        return new Association(usage, selector, matchingType, ee(credential).data());
    }

    private Association ta(int selector, int matchingType) {
        return Association.of(2, selector, matchingType, root.certificate());
    }
}
