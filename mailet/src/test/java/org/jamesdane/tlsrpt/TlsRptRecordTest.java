/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.TxtRecord;
import org.jamesdane.mtasts.StsTables;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** TXT records of TLS reports by RFC 8460 §3. */
class TlsRptRecordTest {
    private static final DomainName NAME = DomainName.of("_smtp._tls.example.com");

    private static TxtRecord record(String strings) {
        return new TxtRecord(Stream.of(strings.strip().split("\\^", -1)).map(StsTables::octets).toList());
    }

    private static TlsRptRecord read(String text) {
        return TlsRptRecord.of(List.of(new TxtRecord(List.of(text.getBytes(StandardCharsets.ISO_8859_1)))));
    }

    private static String shown(TlsRptRecord record) {
        if (record instanceof TlsRptRecord.Published published) {
            return published.rua().stream().map(Rua::toString).collect(Collectors.joining(" ")) + published.refused().stream()
                .map(text -> " not " + text.substring(0, text.indexOf('"', 1) + 1)).collect(Collectors.joining());
        }
        return record instanceof TlsRptRecord.Invalid ? "invalid" : record instanceof TlsRptRecord.Absent ? "absent" : "failed";
    }

    @TestFactory
    Stream<DynamicTest> shouldReadRecordsAsTheTableSays() {
        return StsTables.rows("/org/jamesdane/tlsrpt/tlsrpt-records.txt").stream()
            .map(row -> DynamicTest.dynamicTest(row.get(0) + ": " + row.get(1), () -> {
                List<TxtRecord> records = row.get(1).isEmpty() ? List.of()
                    : Stream.of(row.get(1).split("&", -1)).map(TlsRptRecordTest::record).toList();
                TlsRptRecord read = TlsRptRecord.of(records);
                assertThat(shown(read)).isEqualTo(new String(StsTables.octets(row.get(2)), StandardCharsets.US_ASCII));
                if (read instanceof TlsRptRecord.Invalid invalid) {
                    assertThat(invalid.text()).isNotBlank().matches("[ -~]*").hasSizeLessThan(400);
                }
            }));
    }

    @Test
    void shouldSayWhatIsWrong() {
        assertThat(read("v=TLSRPTv1; x=y")).hasToString("Invalid[text=it has no rua]");
        assertThat(read("v=TLSRPTv1; rua=mailto:a@example.com; \u0007")).hasToString("Invalid[text=\"?\" is no field]");
        assertThat(read("v=TLSRPTv1; rua=mailto:a b@example.com")).hasToString(
            "Invalid[text=its rua \"mailto:a b@example.com\" is no URI, or has a character in it that must be encoded]");
        assertThat(read("v=TLSRPTv1; rua=mailto:a@example.com?subject=b")).hasToString("Invalid[text=its rua "
            + "\"mailto:a@example.com?subject=b\" has more than one address in it; header fields and fragments are not taken]");
        assertThat(read("v=TLSRPTv1; rua=https://a@b.example/")).hasToString(
            "Invalid[text=its rua \"https://a@b.example/\" has a user's name in it, which is not sent]");
        assertThat(TlsRptRecord.of(List.of(record("v=TLSRPTv1; a=b"), record("v=TLSRPTv1;a=c")))).hasToString(
            "Invalid[text=there are 2 records, not one]");
    }

    @Test
    void shouldTakeAtMostTenPlaces() {
        String eleven = IntStream.range(0, 11).mapToObj(i -> "mailto:a" + i + "@example.com").collect(Collectors.joining(","));

        assertThat(read("v=TLSRPTv1; rua=" + eleven)).isInstanceOfSatisfying(TlsRptRecord.Published.class, published -> {
            assertThat(published.rua()).hasSize(TlsRptRecord.MAX_RUA).doesNotContain(new Rua.Mailto("a10", DomainName.of("example.com")));
            assertThat(published.refused()).containsExactly("\"mailto:a10@example.com\" is one too many; 10 are taken");
        });
        assertThatThrownBy(() -> new TlsRptRecord.Published(List.of(), List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldKeepAFailedLookupApartFromAbsence() {
        Lookup.Failed<TxtRecord> failed = new Lookup.Failed<>(NAME, Lookup.Reason.SERVFAIL, Optional.empty(), "SERVFAIL",
            OptionalInt.empty());

        assertThat(TlsRptRecord.of(new Resolution<>(NAME, List.of(), failed))).isEqualTo(new TlsRptRecord.LookupFailed(failed));
    }

    @Test
    void shouldReadALongRecordOfOneKindInNoTime() {
        for (String part : List.of(" ", "\t", ";", " ;", "; a=b", "=", "; rua=", "; rua=mailto:a@", ",", "rua=mailto:%41.", "@")) {
            String text = "v=TLSRPTv1;" + part.repeat((TxtRecord.MAX_OCTETS - 11) / part.length());
            assertThat(read(text)).isNotInstanceOf(TlsRptRecord.Published.class);
            assertThat(read("v=TLSRPTv1; rua=mailto:" + text.substring(11, 1900))).isNotInstanceOf(TlsRptRecord.Published.class);
        }
    }

    @Test
    void shouldKnowTheNameOfTheRecord() {
        assertThat(TlsRptRecord.nameFor(DomainName.of("Example.COM"))).contains(NAME);
        assertThat(TlsRptRecord.nameFor(DomainName.ROOT)).contains(DomainName.of("_smtp._tls"));
        String label = "a".repeat(63);
        assertThat(TlsRptRecord.nameFor(DomainName.of(String.join(".", label, label, label, "b".repeat(61))))).isEmpty();
    }
}
