/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers.tls;

import static org.jamesdane.peers.tls.OddCertificate.ascii;
import static org.jamesdane.peers.tls.OddCertificate.hex;
import static org.jamesdane.peers.tls.OddCertificate.inOrder;
import static org.jamesdane.peers.tls.OddCertificate.name;
import static org.jamesdane.peers.tls.OddCertificate.sequence;
import static org.jamesdane.peers.tls.OddCertificate.tagged;
import static org.jamesdane.peers.tls.OddCertificate.times;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The servers: odd certificates, long chains, keys of every kind, and habits. */
final class TlsZoo {
    private static final byte[] NAMES = sequence(tagged(0x82, ascii("mx.example")));
    /** The keys, each with the arguments of {@code openssl genpkey}. */
    static final Map<String, List<String>> KEYS = keys();

    private final List<TlsCase> all = new ArrayList<>();

    private static Map<String, List<String>> keys() {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        for (int bits : new int[] {512, 768, 1000, 1023, 1024, 1536, 2048, 3072, 4096}) {
            keys.put("rsa" + bits, List.of("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:" + bits));
        }
        keys.put("rsae3", List.of("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt", "rsa_keygen_pubexp:3"));
        keys.put("pss", List.of("-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"));
        for (String digest : new String[] {"sha256", "sha384", "sha512"}) {
            keys.put("pss" + digest, List.of("-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt",
                "rsa_pss_keygen_md:" + digest, "-pkeyopt", "rsa_pss_keygen_mgf1_md:" + digest, "-pkeyopt", "rsa_pss_keygen_saltlen:32"));
        }
        keys.put("pssmgfsha1", List.of("-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt",
            "rsa_pss_keygen_md:sha256", "-pkeyopt", "rsa_pss_keygen_mgf1_md:sha1", "-pkeyopt", "rsa_pss_keygen_saltlen:32"));
        for (String curve : new String[] {"P-256", "P-384", "P-521", "secp224r1", "secp256k1", "brainpoolP256r1"}) {
            keys.put("ec" + curve, List.of("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve));
            keys.put("ec" + curve + "explicit", List.of("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve, "-pkeyopt",
                "ec_param_enc:explicit"));
        }
        keys.put("ecP-256compressed", List.of("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"));
        keys.put("ecP-384compressed", List.of("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"));
        keys.put("ed25519", List.of("-algorithm", "ED25519"));
        keys.put("ed448", List.of("-algorithm", "ED448"));
        return keys;
    }

    static List<TlsCase> cases() {
        TlsZoo zoo = new TlsZoo();
        KEYS.keySet().forEach(key -> {
            zoo.add("key " + key + " over TLS 1.3", key, inOrder(), "-tls1_3", "-cipher", "ALL:@SECLEVEL=0");
            zoo.add("key " + key + " over TLS 1.2", key, inOrder(), "-tls1_2", "-cipher", "ALL:@SECLEVEL=0");
        });
        zoo.fields();
        zoo.extensions();
        zoo.chains();
        zoo.habits();
        zoo.gnutls();
        return zoo.all;
    }

    private void add(String name, String key, OddCertificate certificate, String... arguments) {
        all.add(new TlsCase(name, TlsCase.Server.OPENSSL, key, certificate, List.of(), List.of(arguments)));
    }

    private void odd(String name, OddCertificate certificate) {
        add(name, "ecP-256", certificate);
    }

    private void fields() {
        odd("in order", inOrder());
        odd("version 1 with extensions", inOrder().version(new byte[0]));
        odd("version 1", inOrder().version(new byte[0]).withoutExtensions());
        odd("version 2 with extensions", inOrder().version(hex("a003020101")));
        odd("version 4", inOrder().version(hex("a003020103")));
        odd("version 255", inOrder().version(hex("a00402020100")));
        odd("serial 0", inOrder().serial("020100"));
        odd("serial negative", inOrder().serial("0202ff23"));
        odd("serial of 40 octets", inOrder().serial("0228" + "11".repeat(40)));
        odd("serial not minimal", inOrder().serial("0203000012"));
        odd("signed with MD5", inOrder().algorithms("2a864886f70d010104", "2a864886f70d010104"));
        odd("signed with MD2", inOrder().algorithms("2a864886f70d010102", "2a864886f70d010102"));
        odd("signed with SHA-1", inOrder().algorithms("2a864886f70d010105", "2a864886f70d010105"));
        odd("signed with an unknown algorithm", inOrder().algorithms("2b060104018237", "2b060104018237"));
        odd("inner and outer algorithm differ", inOrder().algorithms("2a864886f70d01010b", "2a8648ce3d040302"));
        odd("empty issuer", inOrder().issuer(sequence()));
        odd("empty subject", inOrder().subject(sequence()));
        odd("empty issuer and subject", inOrder().issuer(sequence()).subject(sequence()));
        odd("issuer of 40 KB", inOrder().issuer(name(0x0c, new byte[40_000])));
        odd("issuer in T61", inOrder().issuer(name(0x14, hex("e4f6fc"))));
        odd("issuer in BMP", inOrder().issuer(name(0x1e, hex("006d0078"))));
        odd("issuer in PrintableString with an underscore", inOrder().issuer(name(0x13, ascii("a_b@c"))));
        odd("issuer in IA5String with octets above 127", inOrder().issuer(name(0x16, hex("ff80"))));
        odd("empty common name", inOrder().subject(name(0x0c, new byte[0])));
        odd("common name with a zero octet", inOrder().subject(name(0x0c, hex("6d780078"))));
        odd("expired", inOrder().validity(times(0x17, "100101000000Z", 0x17, "110101000000Z")));
        odd("not yet valid", inOrder().validity(times(0x17, "400101000000Z", 0x17, "450101000000Z")));
        odd("dates reversed", inOrder().validity(times(0x17, "350101000000Z", 0x17, "250101000000Z")));
        odd("until 9999", inOrder().validity(times(0x17, "250101000000Z", 0x18, "99991231235959Z")));
        odd("dates without seconds", inOrder().validity(times(0x17, "2501010000Z", 0x17, "3501010000Z")));
        odd("dates with an offset", inOrder().validity(times(0x17, "250101000000+0100", 0x17, "350101000000+0100")));
        odd("dates with fractions", inOrder().validity(times(0x18, "20250101000000.5Z", 0x18, "20350101000000.5Z")));
        odd("a 31st of February", inOrder().validity(times(0x17, "250231000000Z", 0x17, "350231000000Z")));
        odd("dates that are none", inOrder().validity(times(0x17, "yesterday", 0x17, "tomorrow")));
        odd("empty dates", inOrder().validity(times(0x17, "", 0x17, "")));
        odd("unique identifiers", inOrder().uniqueIds());
    }

    private void extensions() {
        odd("no extensions", inOrder().withoutExtensions());
        odd("an empty list of extensions", inOrder().clearExtensions());
        odd("duplicate names", inOrder().extension("551d11", false, NAMES));
        odd("duplicate critical key usage", inOrder().extension("551d0f", true, hex("030205a0"))
            .extension("551d0f", true, hex("030205a0")));
        odd("key usage without signing", inOrder().extension("551d0f", true, hex("03020520")));
        odd("key usage for CRLs", inOrder().extension("551d0f", true, hex("03020102")));
        odd("empty key usage", inOrder().extension("551d0f", true, hex("030100")));
        odd("key usage that is none", inOrder().extension("551d0f", true, hex("0c0141")));
        odd("key usage without octets", inOrder().extension("551d0f", true, new byte[0]));
        odd("usage for clients", inOrder().extension("551d25", true, sequence(hex("06082b06010505070302"))));
        odd("empty extended key usage", inOrder().extension("551d25", true, sequence()));
        odd("extended key usage that is none", inOrder().extension("551d25", true, hex("ff")));
        odd("basic constraints that are none", inOrder().extension("551d13", true, hex("0500")));
        odd("basic constraints of a CA", inOrder().extension("551d13", true, hex("30030101ff")));
        odd("negative path length", inOrder().extension("551d13", true, hex("30060101ff0201ff")));
        odd("name constraints that are none", inOrder().extension("551d1e", true, hex("0c0141")));
        odd("unknown critical", inOrder().extension("2b06010401823701", true, hex("0500")));
        odd("must staple", inOrder().extension("2b06010505070118", false, sequence(hex("020105"))));
        odd("an extension of 40 KB", inOrder().extension("2b06010401823702", false, new byte[40_000]));
        odd("names that are none", inOrder().clearExtensions().extension("551d11", true, hex("0c0141")));
        odd("an empty list of names", inOrder().clearExtensions().extension("551d11", true, sequence()));
        odd("a name of every form", inOrder().clearExtensions().extension("551d11", false, sequence(tagged(0x81, ascii("a@b")),
            tagged(0x82, ascii("mx.example")), tagged(0x86, ascii("urn:x")), tagged(0x87, hex("7f0001")), hex("880129"))));
        odd("an EDI party name", inOrder().clearExtensions().extension("551d11", false, sequence(hex("a507a1050c03616263"))));
        odd("CRL distribution points that are none", inOrder().extension("551d1f", true, hex("0500")));
        odd("policies that are none", inOrder().extension("551d20", true, hex("0c0141")));
        odd("authority key identifier that is none", inOrder().extension("551d23", true, hex("0c0141")));
        odd("subject key identifier that is none", inOrder().extension("551d0e", true, hex("0c0141")));
        OddCertificate many = inOrder();
        for (int i = 0; i < 200; i++) {
            many.extension("2b0601040182" + String.format("%02x", i & 0x7f) + String.format("%02x", i >> 7), false, hex("0500"));
        }
        odd("200 extensions", many);
    }

    private void chains() {
        byte[] stranger = OddCertificate.inOrder().issuer(name("Root")).subject(name("Issuer")).around(hex(
            "302a300506032b6570032100" + "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"));
        for (int length : new int[] {1, 4, 9, 10, 11, 19}) {
            all.add(new TlsCase("chain of " + (length + 1), TlsCase.Server.OPENSSL, "ecP-256", inOrder(),
                Collections.nCopies(length, stranger), List.of()));
        }
        for (int length : new int[] {20, 40}) {
            all.add(new TlsCase("chain of " + (length + 1) + ", longer than our bound", TlsCase.Server.OPENSSL, "ecP-256", inOrder(),
                Collections.nCopies(length, stranger), List.of()));
        }
        byte[] odd = inOrder().version(new byte[0]).validity(times(0x17, "x", 0x17, "")).issuer(sequence()).around(hex(
            "302a300506032b6570032100" + "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"));
        all.add(new TlsCase("strangers that no parser likes", TlsCase.Server.OPENSSL, "ecP-256", inOrder(),
            List.of(odd, stranger, odd), List.of()));
    }

    private void habits() {
        for (String suite : new String[] {"ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
            "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-CAMELLIA128-SHA256", "DHE-RSA-AES128-GCM-SHA256",
            "DHE-RSA-AES256-CCM", "DHE-RSA-AES128-CCM8", "DHE-RSA-CHACHA20-POLY1305", "DHE-RSA-CAMELLIA256-SHA", "DHE-RSA-AES256-SHA256",
            "AES128-GCM-SHA256", "AES128-CCM", "AES256-CCM8", "AES128-SHA", "AES256-SHA256", "CAMELLIA128-SHA", "CAMELLIA256-SHA256",
            "NULL-SHA256", "ADH-AES128-SHA", "AECDH-AES128-SHA", "ARIA128-GCM-SHA256"}) {
            add("suite " + suite, "rsa2048", inOrder(), "-tls1_2", "-cipher", suite + ":@SECLEVEL=0");
        }
        for (String suite : new String[] {"ECDHE-ECDSA-AES128-CCM", "ECDHE-ECDSA-AES256-CCM8", "ECDHE-ECDSA-CAMELLIA256-SHA384"}) {
            add("suite " + suite, "ecP-256", inOrder(), "-tls1_2", "-cipher", suite + ":@SECLEVEL=0");
        }
        for (String suite : new String[] {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"}) {
            add("suite " + suite, "ecP-256", inOrder(), "-ciphersuites", suite, "-cipher", "ALL:@SECLEVEL=0");
        }
        for (String group : new String[] {"X25519MLKEM768", "X25519", "P-256", "P-384", "P-521", "X448", "ffdhe2048", "ffdhe4096"}) {
            add("group " + group, "ecP-256", inOrder(), "-tls1_3", "-groups", group);
        }
        for (String version : new String[] {"-tls1", "-tls1_1"}) {
            add("only " + version, "rsa2048", inOrder(), version, "-cipher", "ALL:@SECLEVEL=0");
        }
        add("asks for a certificate", "ecP-256", inOrder(), "-verify", "1");
        add("50 tickets", "ecP-256", inOrder(), "-num_tickets", "50");
        add("no tickets over TLS 1.2", "ecP-256", inOrder(), "-tls1_2", "-no_ticket");
        add("no encrypt-then-MAC", "rsa2048", inOrder(), "-tls1_2", "-no_etm", "-cipher", "AES128-SHA");
        add("signs with SHA-1 over TLS 1.2", "rsa2048", inOrder(), "-tls1_2", "-sigalgs", "RSA+SHA1", "-cipher", "ALL:@SECLEVEL=0");
        add("signs with SHA-224 over TLS 1.2", "rsa2048", inOrder(), "-tls1_2", "-sigalgs", "RSA+SHA224");
        add("signs with PSS over TLS 1.2", "rsa2048", inOrder(), "-tls1_2", "-sigalgs", "rsa_pss_rsae_sha512");
    }

    private void gnutls() {
        for (String priority : new String[] {"NORMAL", "NORMAL:-VERS-ALL:+VERS-TLS1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3",
            "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA", "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+DHE-RSA",
            "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-CCM", "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-CCM-8",
            "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+CAMELLIA-128-GCM", "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+CAMELLIA-256-CBC",
            "NORMAL:-CIPHER-ALL:+CHACHA20-POLY1305", "NORMAL:-GROUP-ALL:+GROUP-SECP384R1", "NORMAL:-GROUP-ALL:+GROUP-FFDHE3072",
            "NORMAL:-VERS-ALL:+VERS-TLS1.1", "NORMAL:-VERS-ALL:+VERS-TLS1.2:-SIGN-ALL:+SIGN-RSA-PSS-RSAE-SHA384"}) {
            all.add(new TlsCase("GnuTLS " + priority, TlsCase.Server.GNUTLS, "rsa2048", inOrder(), List.of(),
                List.of("--priority", priority)));
        }
    }
}
