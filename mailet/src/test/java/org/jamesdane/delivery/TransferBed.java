/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import org.junit.jupiter.api.AfterEach;

/** Deliveries to hosts of this network, and what became of them. */
abstract class TransferBed {
    final Deliveries world = new Deliveries(82);

    @AfterEach
    void stop() {
        world.close();
    }
}
