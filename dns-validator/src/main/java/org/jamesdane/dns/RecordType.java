/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

/**
 * A type of record that can be asked for.
 *
 * @param <R> the record's data
 */
public final class RecordType<R extends DnsRecord> {
    public static final RecordType<AddressRecord> A = new RecordType<>("A", 1, AddressRecord.class);
    public static final RecordType<AddressRecord> AAAA = new RecordType<>("AAAA", 28, AddressRecord.class);
    public static final RecordType<CnameRecord> CNAME = new RecordType<>("CNAME", 5, CnameRecord.class);
    public static final RecordType<MxRecord> MX = new RecordType<>("MX", 15, MxRecord.class);
    public static final RecordType<TlsaRecord> TLSA = new RecordType<>("TLSA", 52, TlsaRecord.class);
    public static final RecordType<TxtRecord> TXT = new RecordType<>("TXT", 16, TxtRecord.class);

    private final String mnemonic;
    private final int code;
    private final Class<R> data;

    private RecordType(String mnemonic, int code, Class<R> data) {
        this.mnemonic = mnemonic;
        this.code = code;
        this.data = data;
    }

    /** The type's number in the DNS. */
    public int code() {
        return code;
    }

    /** The class of the record's data. */
    public Class<R> data() {
        return data;
    }

    /** The type's mnemonic, {@code MX} for example. */
    @Override
    public String toString() {
        return mnemonic;
    }
}
