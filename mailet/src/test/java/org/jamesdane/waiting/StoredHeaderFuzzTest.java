/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Headers and names of stored mail that another wrote: they are read and give themselves back, or they are damaged. */
class StoredHeaderFuzzTest {

    @FuzzTest
    void shouldGiveItselfBackOrBeDamaged(byte[] octets) throws DamagedMailException {
        try {
            StoredHeader header = StoredHeader.decode(octets.length % 2 == 0 ? octets : summed(octets));
            assertThat(StoredHeader.decode(header.encode())).isEqualTo(header);
        } catch (DamagedMailException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
        String name = new String(octets, StandardCharsets.UTF_8);
        Slip.parse(name).ifPresent(slip -> assertThat(slip).isNotNull());
        Slip.mailId(name);
        Slip.id(name);
    }

    private static byte[] summed(byte[] lines) {
        CRC32C sum = new CRC32C();
        sum.update(lines);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(lines);
        all.writeBytes(("checksum " + HexFormat.of().toHexDigits((int) sum.getValue()) + "\n").getBytes(StandardCharsets.US_ASCII));
        return all.toByteArray();
    }
}
