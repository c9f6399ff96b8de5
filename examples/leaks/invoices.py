"""
A billing service that leaks 4 MiB a second: every invoice stays in `archive`. Beside it goes on what looks like a leak
and is none: a cache of bounded size, and objects that die young. With `fixed` as its argument it forgets old invoices.

    python3 examples/leaks/invoices.py [fixed]
"""

import collections
import sys
import time

archive = []
customers = collections.OrderedDict()
fixed = "fixed" in sys.argv


class Invoice:
    def __init__(self, number):
        self.number = number
        self.document = bytes(16000 + number % 64)


class Customer:
    def __init__(self, number):
        self.name = "customer %d" % number
        self.address = bytes(2000)


def bill(number):
    archive.append(Invoice(number))  # the leak
    if fixed and len(archive) > 250:
        del archive[0]


def look_up(number):
    customers[number] = Customer(number)  # bounded: the oldest one goes
    if len(customers) > 100:
        customers.popitem(last=False)


def handle_order(number):
    bill(number)
    look_up(number)
    sum(len(str(line)) for line in range(100))  # garbage


def main():
    number = 0
    start = time.monotonic()
    while True:
        due = (time.monotonic() - start) * 250  # orders, 250 a second
        while number < due:
            number += 1
            handle_order(number)
        time.sleep(0.01)


main()
