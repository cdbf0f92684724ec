"""Tests of one end of a connection: turns, answers, deadlines."""

import itertools
import json

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from edge_csms.ocpp import frames
from edge_csms.ocpp.endpoint import (
    CallAnswered,
    CallReceived,
    CallRefused,
    CallTimedOut,
    Endpoint,
    InvalidFrame,
    StrayAnswer,
)
from edge_csms.ocpp.errors import SecurityError
from edge_csms.ocpp.frames import Ignored

TIMEOUT = 30.0


@pytest.fixture
def endpoint():
    return new_endpoint()


def new_endpoint():
    return Endpoint(TIMEOUT, map(str, itertools.count(1)).__next__)


def send(endpoint, action="Reset", now=0.0, **options):
    """Queue a call and return it with the frames that may leave."""
    call = endpoint.call(action, b"{}", **options)
    return call, endpoint.take_outgoing(now)


def test_call_of_the_other_side_arrives_and_is_answered_under_its_id(endpoint):
    event = endpoint.receive('[2,"abc","Heartbeat",{}]', 0.0)
    assert isinstance(event, CallReceived)
    assert (event.message_id, event.action, bytes(event.payload)) == ("abc", "Heartbeat", b"{}")
    assert not event.repaired
    assert not event.damaged
    assert endpoint.reply(event.message_id, b'{"x":1}') == b'[3,"abc",{"x":1}]'
    refusal = endpoint.reply_error(17, SecurityError("not yet", {"a": 1}))
    assert json.loads(refusal) == [4, 17, "SecurityError", "not yet", {"a": 1}]


def test_call_goes_out_at_once_and_its_answer_comes_back(endpoint):
    call, outgoing = send(endpoint, now=100.0)
    assert outgoing == [b'[2,"1","Reset",{}]']
    assert (call.sent_at, call.deadline, endpoint.next_deadline) == (100.0, 130.0, 130.0)
    event = endpoint.receive('[3,"1",{"status":"Accepted"}]', 101.5)
    assert isinstance(event, CallAnswered)
    assert event.call is call
    assert bytes(event.payload) == b'{"status":"Accepted"}'
    assert call.answered_at == 101.5
    assert endpoint.next_deadline is None


def test_one_call_is_in_flight_and_the_next_leaves_after_its_answer(endpoint):
    send(endpoint, "First")
    _, outgoing = send(endpoint, "Second")
    assert outgoing == []
    endpoint.receive('[3,"1",{}]', 1.0)
    assert endpoint.take_outgoing(1.0) == [b'[2,"2","Second",{}]']
    assert endpoint.take_outgoing(1.0) == []


def test_deadline_counts_from_sending_and_not_from_queuing(endpoint):
    send(endpoint, "First", now=0.0)
    second, _ = send(endpoint, "Second", now=0.0, timeout_seconds=5.0)
    assert second.deadline is None
    endpoint.receive('[3,"1",{}]', 20.0)
    endpoint.take_outgoing(20.0)
    assert second.deadline == 25.0


def test_urgent_call_goes_before_those_that_wait_but_not_before_an_older_urgent_one(endpoint):
    send(endpoint, "InFlight")
    send(endpoint, "Own")
    send(endpoint, "Urgent1", urgent=True)
    send(endpoint, "Urgent2", urgent=True)
    order = []
    for message_id in ("1", "3", "4"):
        endpoint.receive(json.dumps([3, message_id, {}]), 0.0)
        order += [frames.parse(text).action for text in endpoint.take_outgoing(0.0)]
    assert order == ["Urgent1", "Urgent2", "Own"]


def test_calls_that_cross_do_not_wait_for_each_other(endpoint):
    call, _ = send(endpoint)
    assert isinstance(endpoint.receive('[2,"1","Heartbeat",{}]', 0.1), CallReceived)
    assert endpoint.reply("1", b"{}") == b'[3,"1",{}]'
    assert endpoint.receive('[3,"1",{}]', 0.2).call is call


@pytest.mark.parametrize("text", ['[4,"1"]', '[4,"1","NotSupported"]', '[4,"1",null,null,null]'])
def test_call_error_refuses_the_call_however_short_it_is(endpoint, text):
    call, _ = send(endpoint)
    event = endpoint.receive(text, 0.0)
    assert isinstance(event, CallRefused)
    assert event.call is call
    assert event.code in ("GenericError", "NotSupported")


def test_call_error_carries_code_description_and_details(endpoint):
    call, _ = send(endpoint)
    event = endpoint.receive('[4,"1","InternalError","out of memory",{"free":0}]', 0.0)
    assert event == CallRefused(call, "InternalError", "out of memory", {"free": 0})


def test_numeric_echo_of_our_id_is_our_id(endpoint):
    call, _ = send(endpoint)
    assert endpoint.receive("[3,1,{}]", 0.0).call is call


@pytest.mark.parametrize("text", ['[3,"1",{}]', '[4,"1","GenericError","",{}]', '[3,"other",{}]', '[3,"1",{"a":['])
def test_answer_that_nobody_waits_for_is_stray(endpoint, text):
    event = endpoint.receive(text, 0.0)
    assert isinstance(event, StrayAnswer)
    assert event.raw == text


def test_doubled_answer_is_stray(endpoint):
    send(endpoint)
    assert isinstance(endpoint.receive('[3,"1",{}]', 0.0), CallAnswered)
    assert isinstance(endpoint.receive('[3,"1",{}]', 0.0), StrayAnswer)


def test_answer_to_a_call_that_still_waits_is_stray(endpoint):
    send(endpoint)
    send(endpoint)
    assert isinstance(endpoint.receive('[3,"2",{}]', 0.0), StrayAnswer)


def test_late_answer_is_never_given_to_the_next_call(endpoint):
    first, _ = send(endpoint, now=0.0)
    second, _ = send(endpoint, now=0.0)
    assert endpoint.expire(29.9) == []
    (timed_out,) = endpoint.expire(30.0)
    assert timed_out == CallTimedOut(first)
    endpoint.take_outgoing(30.0)
    assert isinstance(endpoint.receive('[3,"1",{"late":true}]', 31.0), StrayAnswer)
    assert endpoint.receive('[3,"2",{}]', 32.0).call is second


def test_timeouts_in_a_row_are_counted_until_an_answer(endpoint):
    for start in (0.0, 100.0, 200.0):
        send(endpoint, now=start)
        endpoint.expire(start + TIMEOUT)
    assert endpoint.consecutive_timeouts == 3
    send(endpoint)
    endpoint.receive('[4,"4"]', 0.0)
    assert endpoint.consecutive_timeouts == 0


def test_nothing_is_sent_on_hold_and_deadlines_wait(endpoint):
    endpoint.hold()
    call, outgoing = send(endpoint, now=0.0)
    assert outgoing == []
    assert endpoint.expire(1000.0) == []
    assert isinstance(endpoint.receive('[2,"x","BootNotification",{}]', 1.0), CallReceived)
    endpoint.release()
    assert endpoint.take_outgoing(1000.0) == [b'[2,"1","Reset",{}]']
    assert call.deadline == 1030.0


def test_hold_leaves_the_call_in_flight_alone(endpoint):
    call, _ = send(endpoint)
    endpoint.hold()
    assert endpoint.receive('[3,"1",{}]', 1.0).call is call


def test_waiting_call_can_be_taken_back_and_a_sent_one_cannot(endpoint):
    sent, _ = send(endpoint)
    waiting, _ = send(endpoint)
    urgent, _ = send(endpoint, urgent=True)
    assert endpoint.cancel(waiting)
    assert endpoint.cancel(urgent)
    assert not endpoint.cancel(waiting)
    assert not endpoint.cancel(sent)
    assert endpoint.receive('[3,"1",{}]', 1.0).call is sent
    assert endpoint.take_outgoing(1.0) == []


def test_end_of_the_connection_gives_back_every_call_in_order(endpoint):
    calls = [send(endpoint)[0] for _ in range(3)]
    urgent, _ = send(endpoint, urgent=True)
    assert endpoint.fail_all() == [calls[0], urgent, calls[1], calls[2]]
    assert endpoint.fail_all() == []
    assert endpoint.next_deadline is None


def test_broken_call_with_a_sure_meaning_arrives_as_repaired(endpoint):
    event = endpoint.receive('[2,"a","MeterValues",{"transactionId":,"connectorId":1}]', 0.0)
    assert isinstance(event, CallReceived)
    assert event.repaired
    assert not event.damaged
    assert json.loads(bytes(event.payload)) == {"transactionId": None, "connectorId": 1}
    assert event.fault


def test_call_whose_payload_is_lost_arrives_as_damaged(endpoint):
    event = endpoint.receive('[2,"a","MeterValues",{"connectorId":1,"meter', 0.0)
    assert isinstance(event, CallReceived)
    assert (event.action, bytes(event.payload), event.damaged, event.repaired) == ("MeterValues", b"{}", True, False)


def test_truncated_answer_fails_the_call_that_it_answers(endpoint):
    call, _ = send(endpoint, "GetConfiguration")
    event = endpoint.receive('[3,"1",{"configurationKey":[]', 1.0)
    assert isinstance(event, CallRefused)
    assert (event.call, event.code) == (call, "FormationViolation")
    assert endpoint.next_deadline is None


def test_broken_answer_with_a_sure_meaning_answers_the_call(endpoint):
    call, _ = send(endpoint)
    event = endpoint.receive('[3,"1",{"status":"Accepted",}]', 1.0)
    assert isinstance(event, CallAnswered)
    assert (event.call, bytes(event.payload)) == (call, b'{"status":"Accepted"}')
    assert event.fault


def test_text_that_means_nothing_is_an_invalid_frame(endpoint):
    assert endpoint.receive("hello", 0.0) == InvalidFrame("hello", "Expecting value: line 1 column 1 (char 0)")
    assert endpoint.receive('[2,"a"]', 0.0).reply_to == "a"


@pytest.mark.parametrize("text", ["", '[1,"a","StartTransaction",{}]', '[5,"a"]'])
def test_empty_frames_and_unknown_types_are_ignored_and_keep_the_call_waiting(endpoint, text):
    send(endpoint)
    assert isinstance(endpoint.receive(text, 0.0), Ignored)
    assert endpoint.next_deadline == TIMEOUT


class Traffic(RuleBasedStateMachine):
    """Whatever happens in whatever order: one call in flight, each ends exactly once, in the order of its queue."""

    def __init__(self):
        super().__init__()
        self.now = 0.0
        self.endpoint = new_endpoint()
        self.held = False
        self.in_flight = None
        self.waiting = {True: [], False: []}  # by urgency
        self.ended = []

    @rule(urgent=st.booleans(), timeout_seconds=st.none() | st.sampled_from([1.0, 5.0]))
    def call(self, urgent, timeout_seconds):
        call = self.endpoint.call("Reset", b"{}", timeout_seconds, urgent=urgent)
        self.waiting[urgent].append(call)

    @rule()
    def take_outgoing(self):
        outgoing = self.endpoint.take_outgoing(self.now)
        queue = self.waiting[True] or self.waiting[False]
        if self.held or self.in_flight or not queue:
            assert outgoing == []
            return
        self.in_flight = queue.pop(0)
        (text,) = outgoing
        assert frames.parse(text).message_id == self.in_flight.message_id

    @precondition(lambda self: self.in_flight)
    @rule(text=st.sampled_from(['[3,"{}",{{}}]', '[4,"{}"]', '[3,"{}",{{"x":[', '[3,"{}",{{"x":}}]', "[3,{},null]"]))
    def answer(self, text):
        event = self.endpoint.receive(text.format(self.in_flight.message_id), self.now)
        assert isinstance(event, CallAnswered | CallRefused)
        self.end(event.call)
        assert self.endpoint.consecutive_timeouts == 0

    @precondition(lambda self: self.ended)
    @rule(data=st.data(), text=st.sampled_from(['[3,"{}",{{}}]', '[4,"{}"]', '[3,"{}",{{"x":[']))
    def answer_again(self, data, text):
        call = data.draw(st.sampled_from(self.ended))
        assert isinstance(self.endpoint.receive(text.format(call.message_id), self.now), StrayAnswer)

    @rule(text=st.sampled_from(['[2,"1","Heartbeat",{}]', '[2,"1","Heartbeat",{', "", "[7]", "{}"]))
    def hear_something_else(self, text):
        assert not isinstance(self.endpoint.receive(text, self.now), CallAnswered | CallRefused | StrayAnswer)

    @rule(seconds=st.sampled_from([0.5, 4.0, 30.0]))
    def wait(self, seconds):
        self.now += seconds
        for event in self.endpoint.expire(self.now):
            assert event.call.deadline <= self.now
            self.end(event.call)
            assert self.endpoint.consecutive_timeouts > 0

    @rule(held=st.booleans())
    def hold_or_release(self, held):
        self.held = held
        if held:
            self.endpoint.hold()
        else:
            self.endpoint.release()

    @precondition(lambda self: self.waiting[True] or self.waiting[False])
    @rule(data=st.data())
    def cancel(self, data):
        call = data.draw(st.sampled_from(self.waiting[True] + self.waiting[False]))
        assert self.endpoint.cancel(call)
        for queue in self.waiting.values():
            if call in queue:
                queue.remove(call)
        self.ended.append(call)

    def end(self, call):
        assert call is self.in_flight
        self.in_flight = None
        self.ended.append(call)

    @invariant()
    def deadline_is_that_of_the_call_in_flight(self):
        assert self.endpoint.next_deadline == (self.in_flight.deadline if self.in_flight else None)
        assert self.in_flight is None or self.now < self.in_flight.deadline

    def teardown(self):
        in_flight = [self.in_flight] if self.in_flight else []
        assert self.endpoint.fail_all() == in_flight + self.waiting[True] + self.waiting[False]


Traffic.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_any_order_of_events = Traffic.TestCase
