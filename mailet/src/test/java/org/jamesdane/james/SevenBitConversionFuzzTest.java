/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.apache.james.mime4j.MimeException;

/** Messages of any sender: they are converted, or they are no MIME; and what was converted needs no second conversion. */
class SevenBitConversionFuzzTest {

    @FuzzTest
    void shouldConvertOnceAndForAll(byte[] octets) throws IOException, MimeException {
        ByteArrayOutputStream once = new ByteArrayOutputStream();
        try {
            if (!SevenBitConversion.convert(new ByteArrayInputStream(octets), once)) {
                return;
            }
        } catch (MimeException e) {
            return;
        }
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        assertThat(SevenBitConversion.convert(new ByteArrayInputStream(once.toByteArray()), twice)).isFalse();
    }
}
