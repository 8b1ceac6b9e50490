/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class QueryTest {
    private static final Name NAME = Name.fromConstantString("mx.Example.");
    private final Query query = Query.of(new Question(NAME, Type.TLSA), Query.Wish.UNCHECKED, 0x1234);

    private static Message reply(int id, Name name, int type, int dclass) {
        Message reply = new Message(id);
        reply.getHeader().setFlag(Flags.QR);
        reply.addRecord(Record.newRecord(name, type, dclass), Section.QUESTION);
        return reply;
    }

    @Test
    void shouldAskForSignaturesWithoutCheckingOrForAVerdict() throws IOException {
        Message unchecked = new Message(query.wire());
        Message checked = new Message(Query.of(new Question(NAME, Type.TLSA), Query.Wish.CHECKED, 1).wire());
        Message verdict = new Message(Query.of(new Question(NAME, Type.TLSA), Query.Wish.VERDICT, 1).wire());

        assertThat(unchecked.getHeader().getID()).isEqualTo(0x1234);
        assertThat(unchecked.getHeader().getFlag(Flags.RD)).isTrue();
        assertThat(unchecked.getHeader().getFlag(Flags.CD)).isTrue();
        assertThat(unchecked.getHeader().getFlag(Flags.AD)).isFalse();
        assertThat(unchecked.getOPT().getFlags()).isEqualTo(ExtendedFlags.DO);
        assertThat(unchecked.getOPT().getPayloadSize()).isEqualTo(1232);
        assertThat(checked.getHeader().getFlag(Flags.CD)).isFalse();
        assertThat(checked.getOPT().getFlags()).isEqualTo(ExtendedFlags.DO);
        assertThat(verdict.getHeader().getFlag(Flags.AD)).isTrue();
        assertThat(verdict.getOPT().getFlags()).isZero();
    }

    @Test
    void shouldTakeAReplyToTheSameQuestionWhateverItsCase() {
        assertThat(query.isAnsweredBy(reply(0x1234, NAME, Type.TLSA, DClass.IN).toWire())).isTrue();
        assertThat(query.isAnsweredBy(reply(0x1234, Name.fromConstantString("MX.eXAMPLE."), Type.TLSA, DClass.IN).toWire())).isTrue();
    }

    @Test
    void shouldTakeNoOtherReply() {
        assertThat(query.isAnsweredBy(reply(0x1235, NAME, Type.TLSA, DClass.IN).toWire())).as("id").isFalse();
        assertThat(query.isAnsweredBy(reply(0x1334, NAME, Type.TLSA, DClass.IN).toWire())).as("id").isFalse();
        assertThat(query.isAnsweredBy(reply(0x1234, NAME, Type.A, DClass.IN).toWire())).as("type").isFalse();
        assertThat(query.isAnsweredBy(reply(0x1234, NAME, Type.TLSA, DClass.CH).toWire())).as("class").isFalse();
        assertThat(query.isAnsweredBy(reply(0x1234, Name.fromConstantString("my.example."), Type.TLSA, DClass.IN).toWire()))
            .as("name").isFalse();
        assertThat(query.isAnsweredBy(reply(0x1234, Name.fromConstantString("xmx.example."), Type.TLSA, DClass.IN).toWire()))
            .as("longer name").isFalse();
        assertThat(query.isAnsweredBy(query.wire())).as("the query itself").isFalse();
        Message notify = reply(0x1234, NAME, Type.TLSA, DClass.IN);
        notify.getHeader().setOpcode(Opcode.NOTIFY);
        assertThat(query.isAnsweredBy(notify.toWire())).as("opcode").isFalse();
        Message twice = reply(0x1234, NAME, Type.TLSA, DClass.IN);
        twice.addRecord(Record.newRecord(NAME, Type.A, DClass.IN), Section.QUESTION);
        assertThat(query.isAnsweredBy(twice.toWire())).as("two questions").isFalse();
    }

    @Test
    void shouldTakeNothingThatIsTooShort() {
        byte[] good = reply(0x1234, NAME, Type.TLSA, DClass.IN).toWire();

        for (int length = 0; length < good.length; length++) {
            assertThat(query.isAnsweredBy(Arrays.copyOf(good, length))).isFalse();
        }
    }
}
