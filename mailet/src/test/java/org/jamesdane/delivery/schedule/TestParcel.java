/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;

/** Parcel that waits as long as it has to, for a destination that nothing is known of. A test says what becomes of it. */
public abstract class TestParcel implements Parcel {
    @Override
    public String destination() {
        return "somewhere.example";
    }

    @Override
    public boolean canWait(Duration time) {
        return true;
    }

    @Override
    public boolean isSentFor() {
        return false;
    }
}
