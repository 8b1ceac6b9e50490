/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jamesdane.testing.dns.Records;
import org.jamesdane.testing.dns.SignedDns;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/** Comparison with other validators: an answer that is secure to them is secure here, too. */
class RefereeTest {

    @Test
    void shouldCallSecureWhatTheRefereeCallsSecure() throws IOException {
        TreeOfZones tree = new TreeOfZones();
        try (Lab lab = Lab.of(tree.world())) {
            ValidatingResolver referee = referee(lab.dns());
            List<String> agreed = new ArrayList<>();
            List<String> differences = new ArrayList<>();
            for (TreeOfZones.Expected question : tree.expected()) {
                if (isSecure(referee, question)) {
                    String verdict = lab.ask(question.name(), question.type());
                    boolean agreement = verdict.endsWith(" secure") != tree.isStricterThanOthers(question);
                    (agreement ? agreed : differences).add(question + " but " + verdict);
                }
            }
            assertThat(differences).isEmpty();
            assertThat(agreed).hasSizeGreaterThan(500);
        }
    }

    private static ValidatingResolver referee(SignedDns dns) throws IOException {
        SimpleResolver upstream = new SimpleResolver(dns.address());
        upstream.setEDNS(0, 1232, ExtendedFlags.DO);
        ValidatingResolver referee = new ValidatingResolver(upstream);
        referee.setTimeout(Duration.ofSeconds(20));
        referee.loadTrustAnchors(new ByteArrayInputStream(dns.trustAnchor().getBytes(StandardCharsets.US_ASCII)));
        return referee;
    }

    private static boolean isSecure(ValidatingResolver referee, TreeOfZones.Expected question) throws IOException {
        Record asked = Record.newRecord(Records.name(question.name()), Type.value(question.type()), DClass.IN);
        return referee.send(Message.newQuery(asked)).getHeader().getFlag(Flags.AD);
    }
}
