/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jamesdane.testing.dns.Denial;
import org.jamesdane.testing.dns.KeyAlgorithm;
import org.jamesdane.testing.dns.Signatures;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;
import org.jamesdane.testing.dns.SigningKey;

/**
 * A tree of well over a hundred zones, and what a validator has to say about names in them.
 *
 * <p>Every way of signing is crossed with every way of denying and asked for each kind of answer; then come the ways in which a
 * delegation, a key set or a signature can be unusual or wrong, one zone each.
 */
final class TreeOfZones {
    private static final byte[] DIGEST = HexFormat.of().parseHex("5a".repeat(32));
    private static final String WRONG_DIGEST = "00".repeat(32);
    private static final Map<String, Denial> DENIALS = denials();

    private final SignedWorld world = SignedDns.world().algorithm(KeyAlgorithm.RSASHA256);
    private final List<Expected> expected = new ArrayList<>();
    private final Set<String> stricter = new HashSet<>();

    /** A question and the only right verdict on it, in the words of {@link Lab#verdict}. */
    record Expected(String name, String type, String verdict) {
    }

    TreeOfZones() {
        world.zone("target.test").a("www", "127.0.0.9").a("deep.www", "127.0.0.9");
        for (KeyAlgorithm algorithm : KeyAlgorithm.values()) {
            DENIALS.forEach((denial, way) -> signedZone(algorithm, denial, way));
        }
        delegations();
        delegationSigners();
        keys();
        signatures();
        iterations();
        deepNames();
        topLevel();
    }

    SignedWorld world() {
        return world;
    }

    List<Expected> expected() {
        return expected;
    }

    /** Tests if other validators are known to call this secure. */
    boolean isStricterThanOthers(Expected question) {
        return stricter.contains(question.name());
    }

    private static Map<String, Denial> denials() {
        Map<String, Denial> denials = new LinkedHashMap<>();
        denials.put("nsec", Denial.nsec());
        denials.put("nsec3", Denial.nsec3(0, ""));
        denials.put("salted", Denial.nsec3(10, "a1b2c3d4"));
        denials.put("optout", Denial.nsec3(0, "").withOptOut());
        return denials;
    }

    private void expect(String name, String type, String verdict) {
        expected.add(new Expected(name, type, verdict));
    }

    private static void furnish(SignedZone zone) {
        zone.mx(10, "mx." + "target.test").a("mx", "127.0.0.2").tlsa("_25._tcp.mx", 3, 1, 1, DIGEST).a("*.wild", "127.0.0.3")
            .cname("*.calias", "www.target.test").a("a.b.ent", "127.0.0.4").cname("alias", "www.target.test")
            .dname("dname", "www.target.test").a("MiXed.CaSe", "127.0.0.5");
    }

    /** Every kind of answer from a zone that is signed in one of the usual ways. */
    private void signedZone(KeyAlgorithm algorithm, String denial, Denial way) {
        String zone = denial + "." + algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".test";
        furnish(world.zone(zone).algorithm(algorithm).denial(way));
        expect(zone, "MX", "found secure");
        expect(zone, "A", "nodata secure");
        expect("mx." + zone, "A", "found secure");
        expect("mx." + zone, "AAAA", "nodata secure");
        expect("mx." + zone, "CNAME", "nodata secure");
        expect("_25._tcp.mx." + zone, "TLSA", "found secure");
        expect("_tcp.mx." + zone, "TLSA", "nodata secure");
        expect("alias." + zone, "A", "alias secure");
        expect("alias." + zone, "CNAME", "found secure");
        expect("deep.dname." + zone, "A", "alias secure");
        expect("b.ent." + zone, "A", "nodata secure");
        expect("ent." + zone, "MX", "nodata secure");
        expect("mixed.case." + zone, "A", "found secure");
        expect("*.wild." + zone, "A", "found secure");
        if (!denial.equals("optout")) {
            // With opt-out these names might be insecure delegations, so they are told apart from secure ones below.
            expect("_26._tcp.mx." + zone, "TLSA", "nxdomain secure");
            expect("no." + zone, "A", "nxdomain secure");
            expect("far.below.no." + zone, "A", "nxdomain secure");
            expect("x.wild." + zone, "A", "found secure");
            expect("x.y.wild." + zone, "A", "found secure");
            expect("x.wild." + zone, "AAAA", "nodata secure");
            expect("x.calias." + zone, "A", "alias secure");
        } else {
            // RFC 5155 §9.2: not authentic where an Opt-Out record covers the next closer name.
            expect("_26._tcp.mx." + zone, "TLSA", "nxdomain insecure OPT_OUT");
            expect("no." + zone, "A", "nxdomain insecure OPT_OUT");
        }
    }

    /** Children of all kinds, below parents that deny in all ways. */
    private void delegations() {
        DENIALS.forEach((denial, way) -> {
            String parent = denial + ".parents.test";
            String cause = denial.equals("optout") ? "OPT_OUT" : "UNSIGNED_DELEGATION";
            world.zone(parent).denial(way);
            furnish(world.zone("plain." + parent).unsigned());
            everythingIsInsecure("plain." + parent, cause);
            furnish(world.zone("island." + parent).withoutDs());
            everythingIsInsecure("island." + parent, cause);
            furnish(world.zone("child.island." + parent));
            everythingIsInsecure("child.island." + parent, cause);
            furnish(world.zone("child.plain." + parent));
            everythingIsInsecure("child.plain." + parent, cause);
            furnish(world.zone("deep.under.empty." + parent).unsigned());
            everythingIsInsecure("deep.under.empty." + parent, cause);
            furnish(world.zone("signed." + parent));
            expect("mx.signed." + parent, "A", "found secure");
            expect("no.signed." + parent, "A", "nxdomain secure");
            furnish(world.zone("grandchild.signed." + parent).denial(way));
            expect("mx.grandchild.signed." + parent, "A", "found secure");
            furnish(world.zone("deep.below.nothing." + parent));
            expect("mx.deep.below.nothing." + parent, "A", "found secure");
        });
    }

    private void everythingIsInsecure(String zone, String cause) {
        expect(zone, "MX", "found insecure " + cause);
        expect("_25._tcp.mx." + zone, "TLSA", "found insecure " + cause);
        expect("mx." + zone, "AAAA", "nodata insecure " + cause);
        expect("no." + zone, "A", "nxdomain insecure " + cause);
        expect("alias." + zone, "A", "alias insecure " + cause);
        expect("x.wild." + zone, "A", "found insecure " + cause);
    }

    private SignedZone special(String label, String verdict) {
        String zone = label + ".special.test";
        expect("mx." + zone, "A", verdict);
        SignedZone made = world.zone(zone);
        furnish(made);
        return made;
    }

    /** A zone that is bogus here, but secure to others; docs/divergences.md says why. */
    private SignedZone stricter(String label) {
        stricter.add("mx." + label + ".special.test");
        return special(label, "failed BOGUS");
    }

    /** DS sets (RFC 4035 §5.2; RFC 6840 §5.2, §5.11). */
    private void delegationSigners() {
        String insecure = "found insecure UNSUPPORTED_ALGORITHMS";
        special("ds-sha1", "found secure").dsDigests(1);
        special("ds-sha384", "found secure").dsDigests(4);
        special("ds-two-digests", "found secure").dsDigests(2, 4);
        special("ds-three-digests", "found secure").dsDigests(1, 2, 4);
        special("ds-unknown-digest", insecure).withoutDs().extraDs("4711 8 200 " + WRONG_DIGEST);
        special("ds-unknown-digest-too", "found secure").extraDs("4711 8 200 " + WRONG_DIGEST);
        special("ds-unknown-algorithm", insecure).withoutDs().extraDs("4711 200 2 " + WRONG_DIGEST);
        special("ds-private-algorithm", insecure).withoutDs().extraDs("4711 253 2 " + WRONG_DIGEST);
        special("ds-unknown-algorithm-too", "found secure").extraDs("4711 200 2 " + WRONG_DIGEST);
        special("ds-unknown-both-ways", insecure).withoutDs().extraDs("4711 200 2 " + WRONG_DIGEST)
            .extraDs("4711 8 200 " + WRONG_DIGEST);
        special("ds-standby-key", "found secure").extraDs("4711 8 2 " + WRONG_DIGEST);
        special("ds-standby-algorithm", "found secure").extraDs("4711 13 2 " + WRONG_DIGEST);
        special("ds-wrong", "failed BOGUS").wrongDs();
        SigningKey key = SigningKey.combined(KeyAlgorithm.ECDSA_P256);
        special("ds-wrong-digest", "failed BOGUS").keys(key.notInParent()).extraDs(key.tag() + " 13 2 " + WRONG_DIGEST);
        special("ds-wrong-digest-too", "found secure").keys(key).extraDs(key.tag() + " 13 2 " + WRONG_DIGEST);
        special("ds-wrong-digest-type", "failed BOGUS").keys(key.notInParent()).extraDs(key.tag() + " 13 4 " + WRONG_DIGEST.repeat(2)
            .substring(32));
        special("ds-of-unsigned", "failed BOGUS").unsigned().extraDs("4711 8 2 " + WRONG_DIGEST);
        special("ds-unknown-of-unsigned", insecure).unsigned().extraDs("4711 200 2 " + WRONG_DIGEST);
        special("ds-wrong-and-unknown", "failed BOGUS").wrongDs().extraDs("4711 200 2 " + WRONG_DIGEST);
        SigningKey unknown = SigningKey.combined(KeyAlgorithm.ECDSA_P256).withNumber(200);
        special("key-unknown-algorithm", insecure).keys(unknown);
        special("key-unknown-algorithm-too", "found secure").keys(unknown, SigningKey.combined(KeyAlgorithm.ECDSA_P256));
    }

    /** Key sets, and the steps of roll-overs (RFC 6781 §4.1, RFC 7583). */
    private void keys() {
        SigningKey oldKsk = SigningKey.keySigning(KeyAlgorithm.RSASHA256);
        SigningKey newKsk = SigningKey.keySigning(KeyAlgorithm.RSASHA256);
        SigningKey oldZsk = SigningKey.zoneSigning(KeyAlgorithm.RSASHA256);
        SigningKey newZsk = SigningKey.zoneSigning(KeyAlgorithm.RSASHA256);
        SigningKey combined = SigningKey.combined(KeyAlgorithm.ECDSA_P256);
        special("split-keys", "found secure").keys(oldKsk, oldZsk);
        special("zsk-pre-published", "found secure").keys(oldKsk, oldZsk, newZsk.notSigning());
        special("zsk-retired", "found secure").keys(oldKsk, oldZsk.notSigning(), newZsk);
        special("zsk-double-signature", "found secure").keys(oldKsk, oldZsk, newZsk);
        special("ksk-double-signature", "found secure").keys(oldKsk, newKsk.notInParent(), oldZsk);
        special("ksk-double-ds", "found secure").keys(oldKsk, newKsk.notPublished(), oldZsk);
        special("ksk-double-everything", "found secure").keys(oldKsk, newKsk, oldZsk);
        special("algorithm-roll-over", "found secure").keys(combined, oldKsk.notInParent(), oldZsk);
        special("two-algorithms", "found secure").algorithm(KeyAlgorithm.RSASHA256, KeyAlgorithm.ED25519);
        special("three-algorithms", "found secure").algorithm(KeyAlgorithm.ECDSA_P256, KeyAlgorithm.ED448, KeyAlgorithm.RSASHA512);
        special("signature-of-unknown-key-too", "found secure").keys(combined, oldZsk.notPublished());
        special("revoked-key-too", "found secure").keys(combined, oldKsk.revoked().notInParent(), oldZsk);
        // RFC 5011 §2.1: a revoked key is good for nothing but its own revocation.
        stricter("revoked-zsk").keys(oldKsk, oldZsk.revoked());
        stricter("revoked-ksk").keys(oldKsk.revoked(), oldZsk);
        special("key-without-sep", "found secure").keys(combined.withFlags(256));
        special("key-is-no-zone-key", "failed BOGUS").keys(combined.withFlags(1));
        special("signing-key-not-published", "failed BOGUS").keys(oldKsk, oldZsk.notPublished());
        special("keys-not-signed-by-ksk", "failed BOGUS").keys(oldKsk.notSigning(), combined.notInParent());
        special("no-keys", "failed BOGUS").keys(combined.notPublished());
        List<SigningKey> twins = SigningKey.colliding(KeyAlgorithm.ECDSA_P256);
        special("colliding-tags", "found secure").keys(twins.get(0), twins.get(1));
        special("colliding-tags-first-signs", "found secure").keys(twins.get(0), twins.get(1).notSigning().notInParent());
        special("colliding-tags-second-signs", "found secure").keys(twins.get(0).notSigning().notInParent(), twins.get(1));
    }

    /** Signatures that are wrong in one place (RFC 4035 §5.3). */
    private void signatures() {
        for (Signatures how : Signatures.values()) {
            if (how != Signatures.VALID) {
                String label = how.name().toLowerCase(Locale.ROOT).replace('_', '-');
                special("all-" + label, "failed BOGUS").signatures(how);
                special("keys-" + label, "failed BOGUS").typeSignatures("DNSKEY", how);
                special("address-" + label, "failed BOGUS").signatures("mx", "A", how);
                special("denial-" + label, "found secure").typeSignatures("NSEC", how);
                expect("mx.denial-" + label + ".special.test", "AAAA", "failed BOGUS");
                expect("no.denial-" + label + ".special.test", "A", "failed BOGUS");
                expect("x.wild.denial-" + label + ".special.test", "A", "failed BOGUS");
                special("denial3-" + label, "found secure").nsec3().typeSignatures("NSEC3", how);
                expect("mx.denial3-" + label + ".special.test", "AAAA", "failed BOGUS");
                expect("no.denial3-" + label + ".special.test", "A", "failed BOGUS");
                world.zone("ds-" + label + ".test").typeSignatures("DS", how);
                furnish(world.zone("child.ds-" + label + ".test"));
                expect("mx.child.ds-" + label + ".test", "A", "failed BOGUS");
                world.zone("proof-" + label + ".test").typeSignatures("NSEC", how);
                furnish(world.zone("plain.proof-" + label + ".test").unsigned());
                expect("mx.plain.proof-" + label + ".test", "A", "failed BOGUS");
            }
        }
    }

    /** RFC 9276 §3.2: more iterations than are computed make insecure, once the signature is verified. */
    private void iterations() {
        for (int fine : List.of(1, 50)) {
            special("iterations-" + fine, "found secure").denial(Denial.nsec3(fine, "00"));
            expect("no.iterations-" + fine + ".special.test", "A", "nxdomain secure");
        }
        for (int many : List.of(501, 2500)) {
            special("iterations-" + many, "found secure").denial(Denial.nsec3(many, ""));
            String zone = "iterations-" + many + ".special.test";
            expect("no." + zone, "A", "nxdomain insecure NSEC3_ITERATIONS");
            expect("mx." + zone, "AAAA", "nodata insecure NSEC3_ITERATIONS");
            expect("x.wild." + zone, "A", "found insecure NSEC3_ITERATIONS");
            special("iterations-unsigned-" + many, "found secure").denial(Denial.nsec3(many, ""))
                .typeSignatures("NSEC3", Signatures.CORRUPT);
            expect("no.iterations-unsigned-" + many + ".special.test", "A", "failed BOGUS");
        }
    }

    private void deepNames() {
        SignedZone zone = world.zone("deep.test").a("a.b.c.d.e.f.g.h", "127.0.0.6").a("*.star", "127.0.0.7");
        expect("a.b.c.d.e.f.g.h.deep.test", "A", "found secure");
        expect("d.e.f.g.h.deep.test", "A", "nodata secure");
        expect("x.d.e.f.g.h.deep.test", "A", "nxdomain secure");
        expect("a.b.c.d.e.f.star.deep.test", "A", "found secure");
        zone.cname("first", "second.deep.test").cname("second", "www.target.test").cname("third", "mx.plain.nsec.parents.test")
            .cname("nowhere", "nowhere.target.test").dname("elsewhere", "target.test");
        expect("first.deep.test", "A", "alias secure");
        expect("third.deep.test", "A", "alias secure");
        expect("nowhere.deep.test", "TLSA", "alias secure");
        expect("www.elsewhere.deep.test", "A", "alias secure");
        expect("elsewhere.deep.test", "A", "nodata secure");
    }

    private void topLevel() {
        expect(".", "MX", "nodata secure");
        expect("test", "MX", "nodata secure");
        expect("nowhere", "MX", "nxdomain secure");
        expect("host.nowhere", "A", "nxdomain secure");
        world.zone("plaintld").unsigned();
        furnish(world.zone("below.plaintld"));
        expect("mx.below.plaintld", "A", "found insecure UNSIGNED_DELEGATION");
        expect("no.plaintld", "A", "nxdomain insecure UNSIGNED_DELEGATION");
    }
}
