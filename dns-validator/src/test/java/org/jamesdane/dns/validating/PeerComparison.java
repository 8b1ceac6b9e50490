/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jamesdane.testing.dns.Records;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/**
 * The verdicts on the {@link TreeOfZones} of this validator and of Unbound are the same; the zones are served by NSD, and both ask
 * the same Unbound. Runs in the profile {@code dns-peers}; needs {@code apt-get} and {@code dpkg-deb} of Debian.
 */
class PeerComparison {

    @Test
    void shouldAgreeWithUnboundOverNsd() throws IOException {
        TreeOfZones tree = new TreeOfZones();
        Path directory = Path.of(Objects.requireNonNull(System.getProperty("dns.peers.directory")));
        List<String> differences = new ArrayList<>();
        int explained = 0;
        try (UnboundOverNsd peers = new UnboundOverNsd(tree.world(), directory);
                ValidatingDns ours = validator(tree, peers.address())) {
            SimpleResolver unbound = new SimpleResolver(peers.address());
            unbound.setEDNS(0, 1232, ExtendedFlags.DO);
            unbound.setTimeout(Duration.ofSeconds(20));
            for (TreeOfZones.Expected question : tree.expected()) {
                String verdict = Lab.verdict(Lab.await(ours, question.name(), Lab.type(question.type())));
                String theirs = verdict(unbound, question);
                explained += tree.isStricterThanOthers(question) ? 1 : 0;
                // An explained difference that is none any more is a difference, too.
                if (simplified(verdict).equals(theirs) == tree.isStricterThanOthers(question)) {
                    differences.add(question.name() + " " + question.type() + ": here " + verdict + ", Unbound " + theirs);
                }
            }
        }
        System.out.println(tree.expected().size() + " names of " + tree.world().zones().size() + " zones compared with Unbound: "
            + differences.size() + " differences without an explanation, " + explained + " with one");
        assertThat(differences).isEmpty();
    }

    private static ValidatingDns validator(TreeOfZones tree, InetSocketAddress upstream) {
        ValidatorConfig config = ValidatorConfig.builder().upstreams(List.of(upstream))
            .trustAnchors(TrustAnchors.parse(tree.world().trustAnchors())).build();
        return ValidatingDns.create(config, Clock.systemUTC(), new SecureRandom());
    }

    private static String simplified(String verdict) {
        if (verdict.startsWith("failed ")) {
            return "bogus";
        }
        return verdict.contains(" insecure ") ? "insecure" : "secure";
    }

    private static String verdict(SimpleResolver unbound, TreeOfZones.Expected question) throws IOException {
        String whole = verdict(unbound, question.name(), Type.value(question.type()));
        // Of an alias only the first step is asked for here; where it leads to may be less secure.
        boolean alias = question.verdict().equals("alias secure");
        return alias && whole.equals("insecure") ? verdict(unbound, question.name(), Type.CNAME) : whole;
    }

    private static String verdict(SimpleResolver unbound, String name, int type) throws IOException {
        Message reply = unbound.send(Message.newQuery(Record.newRecord(Records.name(name), type, DClass.IN)));
        if (reply.getRcode() == Rcode.SERVFAIL) {
            return "bogus";
        }
        return reply.getHeader().getFlag(Flags.AD) ? "secure" : "insecure";
    }
}
