/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.tlsa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.jamesdane.dane.RecordedChain;
import org.jamesdane.dane.channel.DaneVerifier;
import org.jamesdane.dane.channel.Verification;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.testing.fuzz.FuzzInput;

/** TLSA records with any data: each is usable or not, and only records whose data are those of the leaf let DANE-EE match. */
class TlsaDataFuzzTest {
    private static final List<byte[]> GENUINE = RecordedChain.load();
    private static final int MAX_DATA = 2048;

    @FuzzTest
    void shouldMatchOnlyTheDataOfTheLeaf(byte[] octets) {
        FuzzInput input = new FuzzInput(octets);
        byte[] leaf = input.patched(GENUINE.get(0));
        PeerCertificate shown = PeerCertificate.x509(leaf);
        List<TlsaRecord> records = new ArrayList<>();
        while (input.hasMore() && records.size() < TlsaUsability.MAX_RECORDS) {
            records.add(record(input, shown));
        }
        TlsaUsability sorted = TlsaUsability.of(records);
        int usable = sorted.usable().map(set -> set.records().size()).orElse(0);
        assertThat(usable + sorted.unusable().size()).isEqualTo(new LinkedHashSet<>(records).size());
        if (sorted.usable().isEmpty()) {
            return;
        }
        Verification verification = DaneVerifier.verify(List.of(shown), sorted.usable().get(), List.of(DomainName.of("mx.example")),
            RecordedChain.NOW);
        boolean matches = sorted.usable().get().records().stream().anyMatch(each -> each.usage() == TlsaUsability.DANE_EE
            && TlsaAssociation.of(shown, each.usage(), each.selector(), each.matchingType()).equals(Optional.of(each)));
        boolean verifiedByLeaf = verification instanceof Verification.Verified verified
            && verified.record().usage() == TlsaUsability.DANE_EE;
        assertThat(verifiedByLeaf).isEqualTo(matches);
    }

    private static TlsaRecord record(FuzzInput input, PeerCertificate leaf) {
        int usage = input.below(5);
        int selector = input.below(3);
        int matchingType = input.below(4);
        int way = input.octet();
        Optional<TlsaRecord> genuine = selector < 2 && matchingType < 3 ? TlsaAssociation.of(leaf, usage, selector, matchingType)
            : Optional.empty();
        byte[] data = switch (way % 4) {
            case 0 -> genuine.map(TlsaRecord::associationData).orElse(new byte[0]);
            case 1 -> input.patched(genuine.map(TlsaRecord::associationData).orElse(new byte[0]));
            case 2 -> input.patched(GENUINE.get(input.below(GENUINE.size())));
            default -> input.take(input.below(MAX_DATA));
        };
        return new TlsaRecord(usage, selector, matchingType, data);
    }
}
