/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERT61String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.DERUniversalString;

/** The ASN.1 string type of a subject's common name. */
public enum StringEncoding {
    /** UTF8String, the one of today (RFC 5280 §4.1.2.4). */
    UTF8 {
        @Override
        ASN1Encodable encode(String text) {
            return new DERUTF8String(text);
        }
    },
    /** PrintableString; its alphabet is not checked. */
    PRINTABLE {
        @Override
        ASN1Encodable encode(String text) {
            return new DERPrintableString(text, false);
        }
    },
    /** IA5String, which RFC 5280 does not allow in a common name. */
    IA5 {
        @Override
        ASN1Encodable encode(String text) {
            return new DERIA5String(text, false);
        }
    },
    /** TeletexString. */
    TELETEX {
        @Override
        ASN1Encodable encode(String text) {
            return new DERT61String(text);
        }
    },
    /** BMPString: two octets for each character. */
    BMP {
        @Override
        ASN1Encodable encode(String text) {
            return new DERBMPString(text);
        }
    },
    /** UniversalString: four octets for each character. */
    UNIVERSAL {
        @Override
        ASN1Encodable encode(String text) {
            byte[] octets = new byte[text.length() * 4];
            for (int i = 0; i < text.length(); i++) {
                octets[4 * i + 2] = (byte) (text.charAt(i) >> 8);
                octets[4 * i + 3] = (byte) text.charAt(i);
            }
            return new DERUniversalString(octets);
        }
    };

    abstract ASN1Encodable encode(String text);
}
