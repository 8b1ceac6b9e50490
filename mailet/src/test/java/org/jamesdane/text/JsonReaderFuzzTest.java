/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;

/** JSON from anybody: read or refused as another reader of JSON does. */
class JsonReaderFuzzTest {
    private static final ObjectMapper OTHER = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @FuzzTest
    void shouldAgreeWithAnotherReader(byte[] octets) {
        String text = new String(octets, StandardCharsets.US_ASCII);
        boolean deep = text.chars().filter(c -> c == '[' || c == '{').count() > JsonReader.MAX_DEPTH;
        if (!deep && !text.isBlank()) {
            assertThat(JsonReader.read(text) instanceof JsonReader.Read).as(text).isEqualTo(isJson(text));
        } else {
            assertThat(JsonReader.read(text)).isNotNull();
        }
    }

    private static boolean isJson(String text) {
        try {
            OTHER.readTree(text);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
