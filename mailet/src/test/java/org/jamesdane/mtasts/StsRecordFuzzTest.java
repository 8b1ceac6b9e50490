/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.jamesdane.dns.TxtRecord;

/**
 * TXT records that anybody wrote: read as the grammar of RFC 8461 §3.1 says, which stands here once more as one expression, or refused with
 * a sentence.
 */
class StsRecordFuzzTest {
    private static final String DELIMITER = "[ \\t]*;[ \\t]*";
    private static final String EXTENSION = "[A-Za-z0-9][A-Za-z0-9_.-]{0,31}=[\\x21-\\x3a\\x3c\\x3e-\\x7e]+";
    private static final Pattern GRAMMAR = Pattern.compile(
        "v=STSv1(?:" + DELIMITER + EXTENSION + ")++(?:" + DELIMITER + ")?");
    private static final Pattern FIRST_ID = Pattern.compile(";[ \\t]*id=([^; \\t]*)");
    private static final Pattern COUNTS = Pattern.compile("v=STSv1[ \\t]*;[\\x00-\\xff]*");

    @FuzzTest
    void shouldReadWhatTheGrammarAllowsAndNothingElse(byte[] octets) {
        List<TxtRecord> records = records(octets);
        StsRecord read = StsRecord.of(records);
        List<String> counting = records.stream().map(TxtRecord::text).filter(text -> COUNTS.matcher(text).matches()).toList();
        if (counting.size() != 1) {
            assertThat(read).isInstanceOf(counting.isEmpty() ? StsRecord.Absent.class : StsRecord.Invalid.class);
            return;
        }
        Matcher id = FIRST_ID.matcher(counting.get(0));
        boolean valid = GRAMMAR.matcher(counting.get(0)).matches() && id.find() && id.group(1).matches("[A-Za-z0-9]{1,32}");
        assertThat(read instanceof StsRecord.Published).as(counting.get(0)).isEqualTo(valid);
        if (read instanceof StsRecord.Published published) {
            assertThat(published.id()).isEqualTo(id.group(1));
        } else {
            assertThat(((StsRecord.Invalid) read).text()).matches("[ -~]+").hasSizeLessThan(300);
        }
    }

    /** A line feed divides records, 0xff the strings of one. */
    private static List<TxtRecord> records(byte[] octets) {
        List<TxtRecord> records = new ArrayList<>();
        for (String text : new String(Arrays.copyOf(octets, Math.min(octets.length, TxtRecord.MAX_OCTETS)), StandardCharsets.ISO_8859_1)
                .split("\n", -1)) {
            records.add(new TxtRecord(Arrays.stream(text.split("\u00ff", -1))
                .map(string -> string.getBytes(StandardCharsets.ISO_8859_1)).toList()));
        }
        return records;
    }
}
