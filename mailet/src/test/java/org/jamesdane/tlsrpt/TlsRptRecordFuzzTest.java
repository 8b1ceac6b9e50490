/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.jamesdane.dns.TxtRecord;

/**
 * TXT records that anybody wrote: read as the grammar of RFC 8460 §3 says, which stands here once more as one expression, or refused with a
 * sentence. What is read is fit for a header field and a request line.
 */
class TlsRptRecordFuzzTest {
    private static final String DELIMITER = "[ \\t]*;[ \\t]*";
    private static final String URI = "[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\\[\\]@$&'()*+=-]|%[0-9A-Fa-f]{2})+";
    private static final String PLACES = "rua=" + URI + "(?:[ \\t]*,[ \\t]*" + URI + ")*";
    private static final String EXTENSION = "(?!rua=)[A-Za-z0-9][A-Za-z0-9_.-]{0,31}=[\\x21-\\x3a\\x3c\\x3e-\\x7e]+";
    private static final Pattern GRAMMAR = Pattern.compile(
        "v=TLSRPTv1(?:" + DELIMITER + "(?:" + PLACES + "|" + EXTENSION + "))+(?:" + DELIMITER + ")?");

    @FuzzTest
    void shouldReadWhatTheGrammarAllowsAndNothingElse(byte[] octets) {
        // The expression of the grammar is a slow one.
        byte[] few = Arrays.copyOf(octets, Math.min(octets.length, 300));
        TlsRptRecord read = TlsRptRecord.of(List.of(new TxtRecord(List.of(few))));
        String text = new String(few, StandardCharsets.ISO_8859_1);
        if (read instanceof TlsRptRecord.Published published) {
            assertThat(text).matches(GRAMMAR);
            assertThat(published.rua()).isNotEmpty().allSatisfy(rua -> {
                assertThat(rua.toString()).matches("[!-~]+");
                if (rua instanceof Rua.Mailto mailto) {
                    assertThat(mailto.address()).matches("[^@,;:\"<>()\\[\\]\\\\ ]+@[a-z0-9.-]+");
                } else if (rua instanceof Rua.Https https) {
                    assertThat(https.target()).startsWith("/").doesNotContain("#");
                    assertThat(https.host().toString()).matches("[a-z0-9.-]+").doesNotMatch(".*\\.[0-9]+");
                }
            });
        } else if (read instanceof TlsRptRecord.Invalid invalid) {
            assertThat(invalid.text()).matches("[ -~]+").hasSizeLessThan(400);
        }
    }
}
