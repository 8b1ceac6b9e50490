/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import java.net.InetAddress;

/** Way of one attempt into the site to which its mail goes. The attempt learns the site when it looks up the MX records. */
@FunctionalInterface
public interface SitePass {
    /** A pass into every site, for a mail whose turn nobody decides. */
    SitePass FREE = site -> true;

    /**
     * Takes a place at a site. An attempt that has one there already keeps that place.
     *
     * @return false if the site has no place now; then nothing is tried, and the mail yields its turn
     */
    boolean enter(SiteKey site);

    /**
     * Takes a place at an address, and gives back the one at the address before.
     *
     * @param first whether nothing was tried before; an attempt that comes from another address is let in in any case
     * @return false if the address has no place now; then nothing is tried, and the mail yields its turn
     */
    default boolean arrive(InetAddress address, boolean first) {
        return true;
    }
}
