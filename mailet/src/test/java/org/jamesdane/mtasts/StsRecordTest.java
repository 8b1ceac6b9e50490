/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.TxtRecord;
import org.junit.jupiter.api.Test;

/** TXT records of MTA-STS by the grammar of RFC 8461 §3.1. */
class StsRecordTest {
    private static final DomainName NAME = DomainName.of("_mta-sts.example.com");

    static TxtRecord record(String strings) {
        return new TxtRecord(Stream.of(strings.strip().split("\\^", -1)).map(StsTables::octets).toList());
    }

    static String shown(StsRecord record) {
        if (record instanceof StsRecord.Published published) {
            return "id " + published.id();
        }
        return record instanceof StsRecord.Invalid ? "invalid" : record instanceof StsRecord.Absent ? "absent" : "failed";
    }

    @Test
    void shouldSayWhatIsWrong() {
        assertThat(StsRecord.of(List.of(record("v=STSv1; id=a-b")))).hasToString(
            "Invalid[text=its id \"a-b\" is not 1 to 32 letters and digits]");
        assertThat(StsRecord.of(List.of(record("v=STSv1; id=1;\\x07")))).hasToString("Invalid[text=\"?\" is no field]");
        assertThat(StsRecord.of(List.of(record("v=STSv1; a=b")))).hasToString("Invalid[text=it has no id]");
        assertThat(StsRecord.of(List.of(record("v=STSv1; id=1"), record("v=STSv1; id=1")))).hasToString(
            "Invalid[text=there are 2 records, not one]");
    }

    @Test
    void shouldKeepAFailedLookupApartFromAbsence() {
        Lookup.Failed<TxtRecord> failed = new Lookup.Failed<>(NAME, Lookup.Reason.SERVFAIL, Optional.empty(), "SERVFAIL",
            OptionalInt.empty());

        assertThat(StsRecord.of(new Resolution<>(NAME, List.of(), failed))).isEqualTo(new StsRecord.LookupFailed(failed));
    }

    @Test
    void shouldReadALongRecordOfBlanksOrFieldsInNoTime() {
        for (String part : List.of(" ", "\t", ";", " ;", "; a=b", "=")) {
            String text = "v=STSv1" + part.repeat((TxtRecord.MAX_OCTETS - 7) / part.length());
            assertThat(StsRecord.of(List.of(new TxtRecord(List.of(text.getBytes(StandardCharsets.US_ASCII))))))
                .isNotInstanceOf(StsRecord.Published.class);
        }
    }

    @Test
    void shouldKnowTheNameOfTheRecord() {
        assertThat(StsRecord.nameFor(DomainName.of("Example.COM"))).contains(NAME);
        assertThat(StsRecord.nameFor(DomainName.of("mail.example.com"))).contains(DomainName.of("_mta-sts.mail.example.com"));
        String label = "a".repeat(63);
        assertThat(StsRecord.nameFor(DomainName.of(String.join(".", label, label, label, "b".repeat(61))))).isEmpty();
        assertThat(StsRecord.nameFor(DomainName.of(String.join(".", label, label, label, "b".repeat(52))))).isPresent();
    }

    @Test
    void shouldNotMakeARecordWithoutAnId() {
        for (String id : List.of("", "a-b", "é", "1".repeat(33))) {
            assertThatThrownBy(() -> new StsRecord.Published(id)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no id");
        }
    }
}
